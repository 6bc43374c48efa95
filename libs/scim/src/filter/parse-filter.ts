import type { Warning } from '../resource/warning.js';
import { badRequest } from '../scim-error.js';
import { unstorable } from '../unstorable-text.js';
import { allOf, compareOperators, type CompareOperator, type Filter, type FilterValue } from './filter.js';
import { Scanner, type Token } from './filter-scanner.js';

export const maxFilterLength = 10_000;
const maxDepth = 50;

const operators = new Set<string>(compareOperators);
const attributeName = /^(?:[A-Za-z][\w.+%-]*:[^\s]*[:.])?\$?[A-Za-z][\w-]*(?:\.\$?[A-Za-z][\w-]*)*$/;
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Whether the text has the form of an attribute name, with or without a URN before it. */
export const isAttributeName = (text: string) => text.length <= 500 && attributeName.test(text);

/**
 * Reads a filter by the grammar of RFC 7644 figure 1: `and` binds tighter than `or`, names and operators are
 * compared regardless of case. Beyond the grammar a bare word is taken as a string after `eq`, and added to
 * `warnings`.
 * Throws ScimError 400 invalidFilter, naming the place and what was expected there.
 */
export function parseFilter(text: string, warnings: Warning[] = []): Filter {
  if (text.length > maxFilterLength) {
    throw badRequest('invalidFilter', `The filter is longer than ${maxFilterLength} characters.`);
  }
  const scanner = new Scanner(text, 'invalidFilter', warnings);
  const filter = parseOr(scanner, 0, false);
  if (scanner.next.kind !== 'end') scanner.fail('"and", "or" or the end');
  return filter;
}

/** Reads the filter of a value path; the scanner stands behind the opening bracket. */
export function parseElementFilter(scanner: Scanner): Filter {
  const filter = parseOr(scanner, 0, true);
  scanner.expect(']', '"]"');
  return filter;
}

function isWord(token: Token, text: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === text;
}

function parseOr(scanner: Scanner, depth: number, inElement: boolean): Filter {
  return parseChain(scanner, 'or', () =>
    parseChain(scanner, 'and', () => parseTerm(scanner, depth + 1, inElement)),
  );
}

function parseChain(scanner: Scanner, kind: 'and' | 'or', parseOperand: () => Filter): Filter {
  const first = parseOperand();
  if (!isWord(scanner.next, kind)) return first;
  const operands = [first];
  while (isWord(scanner.next, kind)) {
    scanner.take();
    operands.push(parseOperand());
  }
  return { kind, operands };
}

function parseTerm(scanner: Scanner, depth: number, inElement: boolean): Filter {
  if (depth > maxDepth) {
    throw badRequest('invalidFilter', `The filter is nested deeper than ${maxDepth} levels.`);
  }
  if (scanner.takeIf('(')) return parseGroup(scanner, depth, inElement);
  if (isWord(scanner.next, 'not')) {
    scanner.take();
    scanner.expect('(', '"(" after "not"');
    return { kind: 'not', operand: parseGroup(scanner, depth, inElement) };
  }
  const name = parseName(scanner);
  if (scanner.next.kind === '[') {
    if (inElement) scanner.fail('an operator (a value path cannot hold another one)');
    scanner.take();
    return parseAfterElement(scanner, name, parseElementFilter(scanner));
  }
  return parseComparison(scanner, name);
}

function parseGroup(scanner: Scanner, depth: number, inElement: boolean): Filter {
  const filter = parseOr(scanner, depth, inElement);
  scanner.expect(')', '")"');
  return filter;
}

function parseName(scanner: Scanner): string {
  const { next } = scanner;
  if (next.kind !== 'word' || !isAttributeName(next.text)) scanner.fail('an attribute name');
  return scanner.take().text;
}

function parseAfterElement(scanner: Scanner, name: string, filter: Filter): Filter {
  const { next } = scanner;
  if (next.kind === 'word' && next.text.startsWith('.')) {
    const sub = next.text.slice(1);
    if (!isAttributeName(sub)) scanner.fail('the name of a sub-attribute');
    scanner.take();
    return { kind: 'element', name, filter: allOf(filter, parseComparison(scanner, sub)) };
  }
  // Entra's older form: emails[type eq "work"] eq "x".
  if (next.kind === 'word' && (operators.has(next.text.toLowerCase()) || isWord(next, 'pr'))) {
    scanner.warnings.push({
      path: name,
      detail: `What was compared with ${name}[...] was taken for its value.`,
    });
    return { kind: 'element', name, filter: allOf(filter, parseComparison(scanner, 'value')) };
  }
  return { kind: 'element', name, filter };
}

function parseComparison(scanner: Scanner, name: string): Filter {
  const expected = `an operator after ${name} (${compareOperators.join(', ')} or pr)`;
  if (scanner.next.kind !== 'word') scanner.fail(expected);
  const op = scanner.next.text.toLowerCase();
  if (op !== 'pr' && !operators.has(op)) scanner.fail(expected);
  scanner.take();
  if (op === 'pr') return { kind: 'present', name };
  return { kind: 'compare', name, op: op as CompareOperator, value: parseValue(scanner, op) };
}

function parseValue(scanner: Scanner, op: string): FilterValue {
  const { next } = scanner;
  const expected = 'a value (a string in double quotes, a number, true, false or null)';
  if (next.kind === 'string') return parseString(scanner);
  if (next.kind !== 'word') scanner.fail(expected);
  if (next.text === 'true' || next.text === 'false') return scanner.take().text === 'true';
  if (next.text === 'null') {
    scanner.take();
    return null;
  }
  if (number.test(next.text) && Number.isFinite(Number(next.text))) return Number(scanner.take().text);
  const bareWord = op === 'eq' && !/^['.]/.test(next.text) && !isWord(next, 'and') && !isWord(next, 'or');
  if (!bareWord || unstorable.test(next.text)) scanner.fail(expected);
  scanner.warnings.push({ path: 'filter', detail: 'A value without quotation marks was taken as text.' });
  return scanner.take().text;
}

function parseString(scanner: Scanner): string {
  const { text } = scanner.next;
  let value: string;
  try {
    value = JSON.parse(text) as string;
  } catch {
    scanner.fail('a string with JSON escapes only');
  }
  if (unstorable.test(value)) scanner.fail('a string of valid Unicode without NUL');
  scanner.take();
  return value;
}
