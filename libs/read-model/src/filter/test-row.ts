import type { ResolvedFilter } from '@rollcall/scim';
import { passesWithoutValue, type Test } from './compare-json.js';
import { compareText } from './compare-text.js';
import type { SqlParameters } from './sql-parameters.js';

/** A row that stands for an element of a multi-valued attribute: SQL of its sub-attributes. */
export interface ElementRow {
  /** A uuid. */
  value: string;
  /** Text, folded, never null. */
  texts: Record<string, string>;
}

/** The filter of a value path such as members[...], on one row. */
export function testRow(row: ElementRow, filter: ResolvedFilter, parameters: SqlParameters): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.operands.map((part) => testRow(row, part, parameters)).join(` ${filter.kind} `)})`;
    case 'not':
      return `not (${testRow(row, filter.operand, parameters)})`;
    case 'present':
      return testField(row, filter.path.keys[0], { op: 'pr' }, parameters);
    case 'compare':
      return testField(row, filter.path.keys[0], filter, parameters);
    case 'element':
      throw new Error('a value path cannot hold another one');
  }
}

export const canonicalUuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function testField(
  row: ElementRow,
  field: string | undefined,
  test: Test,
  parameters: SqlParameters,
): string {
  const text = field === 'value' ? `${row.value}::text` : field && row.texts[field];
  if (!text) return String(passesWithoutValue(test));
  if (test.op === 'pr') return 'true';
  const { op, value } = test;
  if (value === null) return String(op === 'ne');
  const expected = String(value);
  if (op !== 'eq' && op !== 'ne') return compareText(text, op, expected, parameters);
  const sign = op === 'eq' ? '=' : '<>';
  if (field !== 'value') return `${text} ${sign} ${parameters.text(expected)}`;
  if (!canonicalUuid.test(expected)) return String(op === 'ne');
  return `${row.value} ${sign} ${parameters.uuid(expected)}`;
}
