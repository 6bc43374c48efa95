import { passesWithoutValue, type Test } from './compare-json.js';
import type { SqlParameters } from './sql-parameters.js';
import { type ElementRow, testField } from './test-row.js';

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

export function someMember(
  of: MembersOf,
  parameters: SqlParameters,
  test: (row: ElementRow) => string,
): string {
  const row = parameters.alias('member');
  const fields = { value: `${row}.member_id`, texts: { type: `lower(${row}.member_type)` } };
  return `exists (select from hub.directory_member ${row}
    where ${row}.tenant_id = ${of.tenantId} and ${row}.group_id = ${of.groupId} and ${test(fields)})`;
}
