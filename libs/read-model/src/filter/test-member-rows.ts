import type { ResolvedFilter } from '@rollcall/scim';
import { passesWithoutValue, type Test } from './compare-json.js';
import { compareText } from './compare-text.js';
import type { SqlParameters } from './sql-parameters.js';

/** SQL of the group and the tenant whose memberships are asked about. */
export interface MembersOf {
  groupId: string;
  tenantId: string;
}

/** A test of a group's members: of the rows of hub.directory_member, since the search document has none. */
export function testMembers(
  of: MembersOf,
  sub: string | undefined,
  test: Test,
  parameters: SqlParameters,
): string {
  const some = someMember(of, parameters, (row) => testField(row, sub ?? 'value', test, parameters));
  return passesWithoutValue(test) ? `(not ${someMember(of, parameters, () => 'true')} or ${some})` : some;
}

export function someMember(of: MembersOf, parameters: SqlParameters, test: (row: string) => string): string {
  const row = parameters.alias('member');
  return `exists (select from hub.directory_member ${row}
    where ${row}.tenant_id = ${of.tenantId} and ${row}.group_id = ${of.groupId} and ${test(row)})`;
}

/** The filter of members[...] on one row. */
export function testMember(row: string, filter: ResolvedFilter, parameters: SqlParameters): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.operands.map((part) => testMember(row, part, parameters)).join(` ${filter.kind} `)})`;
    case 'not':
      return `not (${testMember(row, filter.operand, parameters)})`;
    case 'present':
      return testField(row, filter.path.keys[0], { op: 'pr' }, parameters);
    case 'compare':
      return testField(row, filter.path.keys[0], filter, parameters);
    case 'element':
      throw new Error('a value path cannot hold another one');
  }
}

const canonicalUuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function testField(row: string, field: string | undefined, test: Test, parameters: SqlParameters): string {
  const text = field === 'value' ? `${row}.member_id::text` : `lower(${row}.member_type)`;
  if (field !== 'value' && field !== 'type') return String(passesWithoutValue(test));
  if (test.op === 'pr') return 'true';
  const { op, value } = test;
  if (value === null) return String(op === 'ne');
  const expected = String(value);
  if (op !== 'eq' && op !== 'ne') return compareText(text, op, expected, parameters);
  if (field === 'type') return `${text} ${op === 'eq' ? '=' : '<>'} ${parameters.text(expected)}`;
  if (!canonicalUuid.test(expected)) return String(op === 'ne');
  return `${row}.member_id ${op === 'eq' ? '=' : '<>'} ${parameters.uuid(expected)}`;
}
