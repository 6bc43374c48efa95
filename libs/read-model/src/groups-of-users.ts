import { Injectable } from '@nestjs/common';
import { Batch, Database } from '@rollcall/platform';
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
    with recursive asked as (
      select * from unnest($1::uuid[], $2::uuid[]) with ordinality a(tenant_id, user_id, n)),
    above(n, tenant_id, group_id, direct) as (
      select a.n, m.tenant_id, m.group_id, true from asked a
      join hub.directory_member m on m.tenant_id = a.tenant_id and m.member_id = a.user_id
      union
      select above.n, m.tenant_id, m.group_id, false from above
      join hub.directory_member m on m.tenant_id = above.tenant_id and m.member_id = above.group_id),
    shown as (
      select above.n, g.id, g.display_name, bool_or(above.direct) as direct
      from above join hub.directory_group g on g.tenant_id = above.tenant_id and g.id = above.group_id
      where g.deleted_at is null
      group by above.n, g.tenant_id, g.id)
    select ${groupEventUnseen('a.tenant_id')} as unseen, (
      select jsonb_agg(jsonb_build_array(id, display_name, direct) order by direct desc, id)
      from shown where shown.n = a.n) as groups
    from asked a order by a.n`,
};

interface Asked {
  tenantId: string;
  userId: string;
}

interface Answer {
  unseen: boolean;
  groups: [id: string, displayName: string, direct: boolean][] | null;
}

/** Users whose groups are asked for while others' are looked up share a statement. */
const lookTogether = 64;

/** The groups of users, derived when they are read and never older than the last event before the question. */
@Injectable()
export class GroupsOfUsers {
  private readonly one = new Batch<Asked, Answer>((asked) => this.look(asked), lookTogether, { atOnce: 2 });

  constructor(
    private readonly database: Database,
    private readonly freshness: Freshness,
  ) {}

  async of(tenantId: string, userIds: string[]): Promise<Map<string, GroupOfUser[]>> {
    const asked = userIds.map((userId) => ({ tenantId, userId }));
    let answers = await this.answers(asked);
    if (answers.some(({ unseen }) => unseen)) {
      await this.freshness.upToDate(tenantId);
      answers = await this.answers(asked);
    }
    return new Map(
      answers.map(({ groups }, at) => [
        userIds[at]!,
        (groups ?? []).map(([id, displayName, direct]) => ({ id, displayName, direct })),
      ]),
    );
  }

  private async answers(asked: Asked[]): Promise<Answer[]> {
    if (asked.length === 0) return [];
    return asked.length === 1 ? [await this.one.add(asked[0]!)] : this.look(asked);
  }

  private look(asked: Asked[]): Promise<Answer[]> {
    return this.database.query<Answer>(groupsOfUsers, [
      asked.map(({ tenantId }) => tenantId),
      asked.map(({ userId }) => userId),
    ]);
  }
}
