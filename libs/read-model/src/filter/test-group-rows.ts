import { passesWithoutValue, type Test } from './compare-json.js';
import type { SqlParameters } from './sql-parameters.js';
import { canonicalUuid, type ElementRow, testField } from './test-row.js';

/** SQL of the user and the tenant whose groups are asked about. */
export interface GroupsOf {
  userId: string;
  tenantId: string;
}

/** A test of the groups a user is in, directly or through nested groups. `union` ends at a circle of groups. */
export function testGroups(
  of: GroupsOf,
  sub: string | undefined,
  test: Test,
  parameters: SqlParameters,
): string {
  const field = sub ?? 'value';
  if (field === 'value' && test.op === 'eq' && canonicalUuid.test(String(test.value))) {
    return inGroup(of, parameters.uuid(String(test.value)));
  }
  const some = someGroup(of, parameters, (row) => testField(row, field, test, parameters));
  return passesWithoutValue(test) ? `(not ${someGroup(of, parameters, () => 'true')} or ${some})` : some;
}

export function someGroup(
  of: GroupsOf,
  parameters: SqlParameters,
  test: (row: ElementRow) => string,
): string {
  const row = parameters.alias('in_group');
  const fields = {
    value: `${row}.id`,
    texts: {
      display: `${row}.display_name_key`,
      type: `(case when ${row}.direct then 'direct' else 'indirect' end)`,
    },
  };
  return `exists (
    with recursive above(id, direct) as (
      select m.group_id, true from hub.directory_member m
      where m.tenant_id = ${of.tenantId} and m.member_id = ${of.userId}
      union
      select m.group_id, false from above join hub.directory_member m
        on m.tenant_id = ${of.tenantId} and m.member_id = above.id)
    select from (
      select g.id, g.display_name_key, bool_or(above.direct) as direct
      from above join hub.directory_group g on g.tenant_id = ${of.tenantId} and g.id = above.id
      where g.deleted_at is null group by g.tenant_id, g.id) ${row}
    where ${test(fields)})`;
}

/** From the group downwards, once for all users. */
function inGroup(of: GroupsOf, groupId: string): string {
  return `${of.userId} in (
    with recursive below(id) as (
      select m.member_id from hub.directory_member m
      where m.tenant_id = ${of.tenantId} and m.group_id = ${groupId}
      union
      select m.member_id from below join hub.directory_member m
        on m.tenant_id = ${of.tenantId} and m.group_id = below.id)
    select id from below)`;
}
