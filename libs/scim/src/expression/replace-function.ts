import type { Matcher } from 're2js';
import { type Arguments, type FunctionFacts, type MappingFunction } from './function-arguments.js';
import { compileRegex, searchIn } from './linear-regex.js';

const longest = 20_000;

/**
 * `$Replace` in the five forms of Entra's, told apart by which arguments are given:
 * old and new value; old value in a template; pattern and new value; pattern, group and new value; pattern, group
 * and another attribute.
 */
function replace(given: Arguments, facts: FunctionFacts): string | undefined {
  const source = given.text(0);
  const oldValue = given.text(1);
  const pattern = given.text(2);
  const group = given.text(3);
  const replacement = given.text(4);
  const template = given.text(6);
  if (pattern !== undefined && group !== undefined && replacement === undefined) {
    if (source !== undefined && source !== '') return source;
    return groupIn(given, facts, given.text(5), pattern, group);
  }
  if (source === undefined) return undefined;
  if (pattern !== undefined) {
    if (replacement === undefined)
      throw given.wrong(4, 'is missing', 'Say what comes in its place, "" for nothing.');
    return replacePattern(given, facts, source, pattern, group, replacement);
  }
  if (oldValue === undefined || oldValue === '') {
    throw given.wrong(1, 'is missing', 'Give oldValue (argument 2) or regexPattern (argument 3).');
  }
  if (template !== undefined) return limited(given, template, oldValue, source);
  if (replacement === undefined)
    throw given.wrong(4, 'is missing', 'Say what comes in its place, "" for nothing.');
  return limited(given, source, oldValue, replacement);
}

function limited(given: Arguments, text: string, part: string, by: string): string {
  const parts = text.split(part);
  if (text.length + (parts.length - 1) * by.length > longest) throw tooLong(given);
  return parts.join(by);
}

const tooLong = (given: Arguments) =>
  given.wrong(0, `makes a text of more than ${longest} characters`, 'Replace by something shorter.');

function groupIn(
  given: Arguments,
  facts: FunctionFacts,
  text: string | undefined,
  pattern: string,
  group: string,
): string | undefined {
  if (text === undefined) return undefined;
  const found = searchIn(patternAt(given, pattern), text, facts.work);
  return found.find() ? read(given, found, group) : undefined;
}

function replacePattern(
  given: Arguments,
  facts: FunctionFacts,
  source: string,
  pattern: string,
  group: string | undefined,
  replacement: string,
): string {
  const regex = patternAt(given, pattern);
  const found = searchIn(regex, source, facts.work);
  let made = '';
  let from = 0;
  while (found.find()) {
    const start = group === undefined ? found.start() : boundary(given, found, group, 'start');
    const end = group === undefined ? found.end() : boundary(given, found, group, 'end');
    if (start < 0) continue;
    made += source.slice(from, start);
    made += group === undefined ? expand(given, found, replacement) : replacement;
    from = end;
    if (made.length > longest) throw tooLong(given);
    facts.work(1);
  }
  return made + source.slice(from);
}

function patternAt(given: Arguments, pattern: string) {
  try {
    return compileRegex(pattern);
  } catch (error) {
    throw given.wrong(2, 'cannot be used', (error as Error).message);
  }
}

/** `${name}`, `$1`, `$&` and `$$`, as .NET has them in a replacement. */
function expand(given: Arguments, found: Matcher, replacement: string): string {
  return replacement.replace(/\$(?:\{(\w+)\}|(\d+)|(&)|(\$))/g, (_, name, number, whole, dollar) => {
    if (dollar !== undefined) return '$';
    if (whole !== undefined) return found.group(0) ?? '';
    return read(given, found, (name ?? number) as string) ?? '';
  });
}

function read(given: Arguments, found: Matcher, group: string): string | undefined {
  return known(given, group, () => found.group(keyOf(group)) ?? undefined);
}

function boundary(given: Arguments, found: Matcher, group: string, which: 'start' | 'end'): number {
  return known(given, group, () => found[which](keyOf(group)));
}

const keyOf = (group: string): string | number => (/^\d+$/.test(group) ? Number(group) : group);

function known<T>(given: Arguments, group: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw given.wrong(2, `has no group "${group}"`, 'Name one of its groups, such as (?<name>...).');
  }
}

export const replaceFunction: MappingFunction = {
  parameters: [
    'source',
    'oldValue',
    'regexPattern',
    'regexGroupName',
    'replacementValue',
    'replacementAttributeName',
    'template',
  ],
  least: 3,
  call: replace,
};
