import type { CompareOperator, FilterPath, FilterValue } from '@rollcall/scim';
import { compareText, orderSign } from './compare-text.js';
import type { SqlParameters } from './sql-parameters.js';

/** `present`, or a comparison with a value. */
export type Test = { op: 'pr' } | { op: CompareOperator; value: FilterValue };

/** Whether the attribute at `path` of a JSON value passes; the SQL is never null, so that it can be negated. */
export function testJson(json: string, path: FilterPath, test: Test, parameters: SqlParameters): string {
  if (!path.multiValued) return testSingle(json, path.keys, test, parameters);
  const { keys, sub } = path;
  if (test.op === 'eq' && test.value !== null) {
    const element = nest(sub === undefined ? [] : [sub], test.value);
    return `${json} @> ${parameters.json(nest(keys, [element]))}`;
  }
  const array = `(${json} #> ${parameters.keys(keys)})`;
  const some = someElement(array, parameters, (element) =>
    testSingle(element, sub === undefined ? [] : [sub], test, parameters),
  );
  return passesWithoutValue(test) ? `(jsonb_typeof(${array}) is distinct from 'array' or ${some})` : some;
}

export function someElement(
  array: string,
  parameters: SqlParameters,
  test: (element: string) => string,
): string {
  const element = parameters.alias('element');
  const elements = `jsonb_array_elements(case jsonb_typeof(${array}) when 'array' then ${array} else '[]' end)`;
  return `exists (select from ${elements} ${element}(json) where ${test(`${element}.json`)})`;
}

export function passesWithoutValue(test: Test): boolean {
  return (test.op === 'ne' && test.value !== null) || (test.op === 'eq' && test.value === null);
}

/** {"name": {"givenName": value}} for the keys name, givenName. */
export function nest(keys: string[], value: unknown): unknown {
  return keys.reduceRight((inner, key) => ({ [key]: inner }), value);
}

function testSingle(json: string, keys: string[], test: Test, parameters: SqlParameters): string {
  const at = () => (keys.length > 0 ? `(${json} #> ${parameters.keys(keys)})` : json);
  if (test.op === 'pr') return `${at()} is not null`;
  const { op, value } = test;
  if (op === 'eq' || op === 'ne') {
    if (value === null) return `${at()} is ${op === 'ne' ? 'not ' : ''}null`;
    const equal = `${json} @> ${parameters.json(nest(keys, value))}`;
    return op === 'eq' ? equal : `not (${equal})`;
  }
  const found = at();
  if (typeof value === 'number') {
    const sign = orderSign(op);
    if (!sign) return 'false';
    return `(jsonb_typeof(${found}) = 'number' and ${found} ${sign} ${parameters.json(value)}) is true`;
  }
  if (typeof value !== 'string') return 'false';
  const text = compareText(`(${found} #>> '{}')`, op, value, parameters);
  return `(jsonb_typeof(${found}) = 'string' and ${text}) is true`;
}
