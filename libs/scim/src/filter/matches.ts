import { isObject } from '../json.js';
import type { CompareOperator, FilterValue } from './filter.js';
import type { FilterPath, ResolvedFilter } from './resolve-filter.js';

/** Whether a search document (see `normalise`) meets the filter. */
export function matches(filter: ResolvedFilter, document: unknown): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.operands.every((part) => matches(part, document));
    case 'or':
      return filter.operands.some((part) => matches(part, document));
    case 'not':
      return !matches(filter.operand, document);
    case 'present':
      return candidates(filter.path, document).some((value) => value !== undefined);
    case 'compare':
      return candidates(filter.path, document).some((value) => holds(filter.op, value, filter.value));
    case 'element': {
      const elements = follow(filter.path.keys, document);
      return Array.isArray(elements) && elements.some((element) => matches(filter.filter, element));
    }
  }
}

function follow(keys: string[], document: unknown): unknown {
  let value = document;
  for (const key of keys) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

const nothing = [undefined];

function candidates({ keys, multiValued, sub }: FilterPath, document: unknown): unknown[] {
  const value = follow(keys, document);
  if (!multiValued) return [value];
  if (!Array.isArray(value) || value.length === 0) return nothing;
  return sub === undefined ? value : value.map((element) => follow([sub], element));
}

function holds(op: CompareOperator, actual: unknown, expected: FilterValue): boolean {
  switch (op) {
    case 'eq':
      return (actual ?? null) === expected;
    case 'ne':
      return (actual ?? null) !== expected;
    default:
      if (typeof actual === 'number' && typeof expected === 'number') return ordered(op, actual - expected);
      if (typeof actual !== 'string' || typeof expected !== 'string') return false;
      if (op === 'co') return actual.includes(expected);
      if (op === 'sw') return actual.startsWith(expected);
      if (op === 'ew') return actual.endsWith(expected);
      return ordered(op, compareText(actual, expected));
  }
}

function ordered(op: CompareOperator, difference: number): boolean {
  if (op === 'gt') return difference > 0;
  if (op === 'ge') return difference >= 0;
  if (op === 'lt') return difference < 0;
  return op === 'le' && difference <= 0;
}

/** By code point, as Postgres orders text under the "C" collation; plain `<` would order by UTF-16 unit. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x !== y) return surrogatesLast(x) - surrogatesLast(y);
  }
  return a.length - b.length;
}

const surrogatesLast = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
