import type { Dialect } from './dialect.js';
import type { Fragment, Parameter } from './sql-fragment.js';

/** A statement of an admin's, taken apart at its parameters: between two texts stands a name. */
export interface Template {
  texts: [string, ...string[]];
  names: string[];
}

export class TemplateError extends Error {}

/** Comments, texts and quoted names, in which a colon is no parameter. */
const passedOver = {
  postgresql: [
    /--[^\n]*/y,
    /\/\*[^]*?\*\//y,
    /[eE]'(?:[^'\\]|\\[^]|'')*'/y,
    /'(?:[^']|'')*'/y,
    /"(?:[^"]|"")*"/y,
    /\$([A-Za-z_]\w*)?\$[^]*?\$\1\$/y,
    /::/y,
  ],
  mysql: [
    /--[ \t\r\n][^\n]*/y,
    /#[^\n]*/y,
    /\/\*[^]*?\*\//y,
    /'(?:[^'\\]|\\[^]|'')*'/y,
    /"(?:[^"\\]|\\[^]|"")*"/y,
    /`(?:[^`]|``)*`/y,
  ],
};
const parameter = /:([A-Za-z_]\w*)/y;
const unclosed = { postgresql: /['"]|\/\*|\$\w*\$/y, mysql: /['"`]|\/\*/y };
const driversOwn = { postgresql: /\$\d/y, mysql: /\?/y };

/**
 * Takes a statement apart.
 * @throws TemplateError where it is not one statement whose parameters are all named
 */
export function parseTemplate(text: string, { name: dialect }: Pick<Dialect, 'name'>): Template {
  const whole = text.replace(/[\s;]+$/, '');
  const texts: Template['texts'] = [''];
  const names: string[] = [];
  const add = (piece: string) => (texts[texts.length - 1] += piece);
  const at = (pattern: RegExp, from: number) => {
    pattern.lastIndex = from;
    return pattern.exec(whole);
  };
  let place = 0;
  const word = /\w+/y;
  while (place < whole.length) {
    const passed = passedOver[dialect].map((each) => at(each, place)).find((each) => each !== null);
    const named = passed ? null : at(parameter, place);
    if (named) {
      names.push(named[1]!);
      texts.push('');
      place += named[0].length;
      continue;
    }
    if (!passed && at(driversOwn[dialect], place))
      throw new TemplateError('has a parameter without a name: write :name.');
    if (!passed && at(unclosed[dialect], place))
      throw new TemplateError('has a quote or comment that is not closed.');
    if (!passed && whole[place] === ';') throw new TemplateError('is more than one statement.');
    const piece = passed?.[0] ?? at(word, place)?.[0] ?? whole[place]!;
    add(piece);
    place += piece.length;
  }
  if (texts.join('').trim() === '') throw new TemplateError('is empty.');
  return { texts, names };
}

/** @param values of every parameter */
export const filled = ({ texts, names }: Template, values: (name: string) => Parameter): Fragment => ({
  texts,
  values: names.map(values),
});
