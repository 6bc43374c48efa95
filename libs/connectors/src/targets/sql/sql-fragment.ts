export type Parameter = string | Buffer | string[] | null;

/** A piece of a statement: between two texts stands a value, which is bound. */
export interface Fragment {
  texts: [string, ...string[]];
  values: Parameter[];
}

/** As the driver takes it. */
export interface Statement {
  text: string;
  values: Parameter[];
}

/** Only fragments go in, so no value becomes text of a statement. */
export function sql(texts: TemplateStringsArray, ...parts: Fragment[]): Fragment {
  return concatenated([fixed(texts[0]!), ...parts.flatMap((part, at) => [part, fixed(texts[at + 1]!)])]);
}

/** A value, for the driver to bind. */
export const bind = (value: Parameter): Fragment => ({ texts: ['', ''], values: [value] });

export const joined = (fragments: Fragment[], separator: string): Fragment =>
  concatenated(fragments.flatMap((each, at) => (at === 0 ? [each] : [fixed(separator), each])));

/** Text of a statement that stands in this program, or a quoted name. Never anything from outside. */
export const fixed = (text: string): Fragment => ({ texts: [text], values: [] });

export function rendered(
  { texts, values }: Fragment,
  { placeholder }: { placeholder(at: number): string },
): Statement {
  const text = texts.slice(1).reduce((whole, each, at) => whole + placeholder(at + 1) + each, texts[0]);
  return { text, values };
}

function concatenated(fragments: Fragment[]): Fragment {
  const texts: Fragment['texts'] = [''];
  const values: Parameter[] = [];
  for (const each of fragments) {
    texts[texts.length - 1] += each.texts[0];
    texts.push(...each.texts.slice(1));
    values.push(...each.values);
  }
  return { texts, values };
}
