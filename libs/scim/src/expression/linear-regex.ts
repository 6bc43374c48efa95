import { type Matcher, RE2JS } from 're2js';
import { ExpressionError } from './expression-error.js';

/** Told how much work a search is before it is done. */
export type Work = (units: number) => void;

const compiled = new Map<string, RE2JS>();
const mostCompiled = 500;
/** Steps of the automaton that count as one unit of work. */
const stepsPerUnit = 50;

/**
 * A regular expression that takes time in proportion to the text, whatever it looks like (RE2 syntax:
 * github.com/google/re2/wiki/Syntax). Throws ExpressionError for what RE2 does not have, as look-around.
 */
export function compileRegex(pattern: string, flags = ''): RE2JS {
  const key = `${flags}/${pattern}`;
  let regex = compiled.get(key);
  if (regex) return regex;
  try {
    regex = RE2JS.compile(
      pattern,
      (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) | (flags.includes('m') ? RE2JS.MULTILINE : 0),
    );
  } catch (error) {
    const reason = (error as Error).message.replace(/^error parsing regexp: /, '');
    throw new ExpressionError(
      `The regular expression ${pattern} cannot be used: ${reason}. Write it in the syntax of RE2: look-around and back references are not part of it.`,
    );
  }
  if (compiled.size >= mostCompiled) compiled.clear();
  compiled.set(key, regex);
  return regex;
}

/** A search of one text; every find is charged. */
export function searchIn(regex: RE2JS, text: string, work: Work): Matcher {
  work(Math.ceil(((text.length + 1) * regex.programSize()) / stepsPerUnit));
  return regex.matcher(text);
}

/** What JSONata needs of RegExp: `exec` from `lastIndex` on. */
export function regexEngine(work: Work): RegExpConstructor {
  class LinearRegex {
    lastIndex = 0;
    private readonly regex: RE2JS;

    constructor({ source, flags }: RegExp) {
      this.regex = compileRegex(source, flags);
    }

    exec(text: string): RegExpExecArray | null {
      const matcher = searchIn(this.regex, text, work);
      if (this.lastIndex > text.length || !matcher.find(this.lastIndex)) return null;
      this.lastIndex = matcher.end();
      const groups = Array.from(
        { length: matcher.groupCount() + 1 },
        (_, at) => matcher.group(at) ?? undefined,
      );
      return Object.assign(groups, { index: matcher.start(), input: text }) as RegExpExecArray;
    }
  }
  return LinearRegex as unknown as RegExpConstructor;
}
