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

/** `union` drops what is known already, so a circle of groups ends. */
const groupsOfUsers = {
  name: 'read-model.groups-of-users',
  text: `
    with recursive above(user_id, group_id, direct) as (
      select m.member_id, m.group_id, true from unnest($2::uuid[]) u(id)
      join hub.directory_member m on m.tenant_id = $1 and m.member_id = u.id
      union
      select above.user_id, m.group_id, false from above
      join hub.directory_member m on m.tenant_id = $1 and m.member_id = above.group_id),
    shown as (
      select above.user_id, g.id, g.display_name, bool_or(above.direct) as direct
      from above join hub.directory_group g on g.tenant_id = $1 and g.id = above.group_id
      where g.deleted_at is null
      group by above.user_id, g.tenant_id, g.id)
    select ${groupEventUnseen('$1::uuid')} as unseen, (
      select jsonb_agg(jsonb_build_array(user_id, id, display_name, direct) order by direct desc, id) from shown
    ) as groups`,
};

interface Answer {
  unseen: boolean;
  groups: [userId: string, id: string, displayName: string, direct: boolean][] | null;
}

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
    let answer = await this.look(tenantId, userIds);
    if (answer.unseen) {
      await this.freshness.upToDate(tenantId);
      answer = await this.look(tenantId, userIds);
    }
    for (const [userId, id, displayName, direct] of answer.groups ?? []) {
      const known = groups.get(userId) ?? [];
      groups.set(userId, known);
      known.push({ id, displayName, direct });
    }
    return groups;
  }

  private async look(tenantId: string, userIds: string[]): Promise<Answer> {
    const [answer] = await this.database.query<Answer>(groupsOfUsers, [tenantId, userIds]);
    return answer!;
  }
}
