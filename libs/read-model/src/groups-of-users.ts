import { Injectable } from '@nestjs/common';
import { Database } from '@rollcall/platform';
import { Freshness } from './freshness.js';

/** A group that a user is in, by itself or because another group of the user is in it. */
export interface GroupOfUser {
  id: string;
  displayName: string;
  direct: boolean;
}

const groupEventUnseen = (tenant: string) => `exists (
  select from hub.event g where g.tenant_id = ${tenant} and g.stream_type = 'group' and g.position > coalesce((
    select c.position from hub.checkpoint c where c.tenant_id = ${tenant} and c.subscriber = 'directory'), 0))`;

/**
 * Certain that a user is in no group: no membership row, and no event of a group that the tables have not seen.
 * Two index look-ups, for a statement that reads users anyway.
 */
export const inNoGroup = (tenant: string, user: string) => `not (
  exists (select from hub.directory_member m where m.tenant_id = ${tenant} and m.member_id = ${user})
  or ${groupEventUnseen(tenant)})`;

const standing = {
  name: 'read-model.standing-of-users',
  text: `select bool_and(${inNoGroup('$1::uuid', 'u.id')}) as in_no_group from unnest($2::uuid[]) u(id)`,
};

/** `union` drops what is known already, so a circle of groups ends. */
const groupsOfUsers = {
  name: 'read-model.groups-of-users',
  text: `
    with recursive above(user_id, group_id, direct) as (
      select m.member_id, m.group_id, true from unnest($2::uuid[]) u(id)
      join hub.directory_member m on m.tenant_id = $1 and m.member_id = u.id
      union
      select above.user_id, m.group_id, false from above
      join hub.directory_member m on m.tenant_id = $1 and m.member_id = above.group_id)
    select above.user_id, g.id, g.display_name, bool_or(above.direct) as direct
    from above join hub.directory_group g on g.tenant_id = $1 and g.id = above.group_id
    where g.deleted_at is null
    group by above.user_id, g.tenant_id, g.id
    order by direct desc, g.id`,
};

/** The groups of users, derived when they are read and never older than the last event before the question. */
@Injectable()
export class GroupsOfUsers {
  constructor(
    private readonly database: Database,
    private readonly freshness: Freshness,
  ) {}

  async of(tenantId: string, userIds: string[]): Promise<Map<string, GroupOfUser[]>> {
    const groups = new Map<string, GroupOfUser[]>();
    if (userIds.length === 0) return groups;
    const [answer] = await this.database.query<{ in_no_group: boolean }>(standing, [tenantId, userIds]);
    if (answer!.in_no_group) return groups;
    await this.freshness.upToDate(tenantId);
    const rows = await this.database.query<{
      user_id: string;
      id: string;
      display_name: string;
      direct: boolean;
    }>(groupsOfUsers, [tenantId, userIds]);
    for (const { user_id, id, display_name, direct } of rows) {
      const known = groups.get(user_id) ?? [];
      groups.set(user_id, known);
      known.push({ id, displayName: display_name, direct });
    }
    return groups;
  }
}
