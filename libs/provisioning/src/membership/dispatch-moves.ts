import type { PoolClient } from 'pg';
import {
  differingMembers,
  effectiveMembers,
  groupsAbove,
  groupsBelow,
  pushesGroups,
  scopeGroupsOfUsers,
} from './nested-groups.js';

/** Somebody, or a group, came into a group or left it. */
export interface Moved {
  groupId: string;
  memberId: string;
  memberType: 'user' | 'group';
  position: number;
}

/**
 * Whom else events concern beside those they are about, as a query of (connection_id, id, type, position) with the
 * common table expressions it needs. $1 is the tenant.
 */
export interface Concerned {
  tables: string[];
  query: string;
}

const moves = (first: number): string => `moved(group_id, member_id, member_type, position) as (
  select * from unnest($${first}::uuid[], $${first + 1}::uuid[], $${first + 2}::text[], $${first + 3}::bigint[]))`;

export function valuesOf(moved: Moved[]): unknown[] {
  return [
    moved.map(({ groupId }) => groupId),
    moved.map(({ memberId }) => memberId),
    moved.map(({ memberType }) => memberType),
    moved.map(({ position }) => position),
  ];
}

const scoped = `scoped as materialized (
  select c.id, ${scopeGroupsOfUsers('c')} as groups,
    case when c.policy->'users'->>'onOutOfScope' = 'delete' then array['active', 'inactive']
      else array['active'] end as states
  from hub.connection c
  where c.tenant_id = $1 and c.state <> 'disabled' and ${scopeGroupsOfUsers('c')} is not null)`;

const effective = `effective as materialized (
  select c.id from hub.connection c where c.tenant_id = $1 and c.state <> 'disabled'
    and ${pushesGroups} and ${effectiveMembers})`;

/**
 * After moves: everybody below a group that was put into another, or taken out, where groups decide who is
 * provisioned: where one of the groups above is named, and where the user was looked at before. The tables may be
 * ahead of the events, so who came in is found by what is above now; who went out has a work item already. And the
 * groups above, where groups have the users of the groups in them.
 * @param first number of the first parameter that holds `valuesOf` the moves
 */
export function concernedByMoves(first: number): Concerned {
  return {
    tables: [
      moves(first),
      groupsBelow('below', `select distinct member_id from moved where member_type = 'group'`),
      groupsAbove('above', 'select distinct group_id from moved'),
      `found(user_id, group_id, position) as materialized (
         select member_id, group_id, position from moved where member_type = 'user'
         union
         select m.member_id, v.group_id, v.position from moved v
           join below b on b.root = v.member_id
           join hub.directory_member m on m.tenant_id = $1 and m.group_id = b.group_id and m.member_type = 'User'
         where v.member_type = 'group')`,
      scoped,
      effective,
      `named(connection_id, group_id) as materialized (
         select distinct s.id, a.group_id from scoped s join above a on s.groups ? a.above::text)`,
    ],
    query: `select s.id, o.user_id, 'user', o.position from scoped s cross join found o
              where exists (select from named n where n.connection_id = s.id and n.group_id = o.group_id)
                or exists (select from hub.work_item k where k.tenant_id = $1 and k.connection_id = s.id
                  and k.subject_id = o.user_id)
            union all
            select e.id, a.above, 'group', v.position from effective e cross join moved v
              join above a on a.group_id = v.group_id
              join hub.target_object t on t.tenant_id = $1 and t.connection_id = e.id and t.subject_id = a.above`,
  };
}

const groupsThere = (connection: string): string =>
  `select subject_id from hub.target_object where tenant_id = $1 and connection_id = ${connection}
     and subject_type = 'group' and state = 'active'`;

/**
 * The memberships of a deleted group are gone from the tables, and where it stood cannot be looked up any more.
 * Whom it had brought into scope is found by who is there and in no group of the scope; the groups above it by what
 * was written there.
 */
export function concernedByGroupDeletions(): Concerned {
  return {
    tables: [
      scoped,
      effective,
      groupsBelow(
        'scope_below',
        'select distinct g::uuid from scoped s, jsonb_array_elements_text(s.groups) g',
      ),
      `within(connection_id, user_id) as materialized (
         select distinct s.id, m.member_id from scoped s, jsonb_array_elements_text(s.groups) g
           join scope_below b on b.root = g::uuid
           join hub.directory_member m on m.tenant_id = $1 and m.group_id = b.group_id and m.member_type = 'User')`,
    ],
    query: `select k.connection_id, k.subject_id, 'user', 0 from hub.work_item k
              join scoped s on s.id = k.connection_id
              where k.tenant_id = $1 and k.subject_type = 'user'
                and (k.state <> 'idle' or exists (select from hub.target_object t where t.tenant_id = $1
                  and t.connection_id = k.connection_id and t.subject_id = k.subject_id and t.state = any(s.states)))
                and not exists (select from within n
                  where n.connection_id = k.connection_id and n.user_id = k.subject_id)
            union all
            select e.id, d.group_id, 'group', 0 from effective e
              cross join lateral (${differingMembers(groupsThere('e.id'), true, 'e.id')}) d`,
  };
}

/** Marks the memberships that moves may have changed. The groups are due already: see concernedByMoves. */
export async function markMoves(client: PoolClient, tenantId: string, moved: Moved[]): Promise<void> {
  await markMembers(client, tenantId, moved);
  await markEffectiveMembers(client, tenantId, moved);
}

/** Marks what a deleted group leaves behind in the groups above it. */
export async function markGroupDeletions(client: PoolClient, tenantId: string): Promise<void> {
  for (const id of await effectiveConnections(client, tenantId)) {
    await markDiffering(client, tenantId, id, groupsThere('$2'), []);
  }
}

async function markMembers(client: PoolClient, tenantId: string, members: Moved[]): Promise<void> {
  await client.query({
    name: 'dispatch.mark-members',
    text: `insert into hub.work_member as m (tenant_id, connection_id, group_id, member_id, member_type)
           select $1, c.id, d.group_id, d.member_id, d.type
           from unnest($2::uuid[], $3::uuid[], $4::text[]) d(group_id, member_id, type)
           join hub.connection c on c.tenant_id = $1 and c.state <> 'disabled' and ${pushesGroups}
           order by c.id, d.group_id, d.member_id
           on conflict (tenant_id, connection_id, group_id, member_id) do update set
             revision = m.revision + 1, parked = false`,
    values: [
      tenantId,
      members.map(({ groupId }) => groupId),
      members.map(({ memberId }) => memberId),
      members.map(({ memberType }) => memberType),
    ],
  });
}

/**
 * Where groups have the users of the groups in them: a user's own move concerns each group above; after a group's
 * move the groups above are compared with what was written there.
 */
async function markEffectiveMembers(client: PoolClient, tenantId: string, moved: Moved[]): Promise<void> {
  for (const id of await effectiveConnections(client, tenantId)) {
    await client.query({
      name: 'dispatch.mark-users-above',
      text: `with recursive ${moves(3)},
               ${groupsAbove('above', `select distinct group_id from moved where member_type = 'user'`)}
             insert into hub.work_member as m (tenant_id, connection_id, group_id, member_id, member_type)
             select distinct $1::uuid, $2::uuid, a.above, v.member_id, 'user' from moved v
               join above a on a.group_id = v.group_id and a.above <> v.group_id
               join hub.target_object t on t.tenant_id = $1 and t.connection_id = $2 and t.subject_id = a.above
             where v.member_type = 'user' order by 3, 4
             on conflict (tenant_id, connection_id, group_id, member_id) do update set
               revision = m.revision + 1, parked = false`,
      values: [tenantId, id, ...valuesOf(moved)],
    });
    const groups = moved.filter(({ memberType }) => memberType === 'group').map(({ groupId }) => groupId);
    if (groups.length > 0) {
      await markDiffering(
        client,
        tenantId,
        id,
        `with recursive ${groupsAbove('above', 'select unnest($3::uuid[])')} select distinct above from above`,
        [groups],
      );
    }
  }
}

async function effectiveConnections(client: PoolClient, tenantId: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({
    name: 'dispatch.effective-connections',
    text: `select c.id from hub.connection c where c.tenant_id = $1 and c.state <> 'disabled'
             and ${pushesGroups} and ${effectiveMembers} order by c.id`,
    values: [tenantId],
  });
  return rows.map(({ id }) => id);
}

async function markDiffering(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  groups: string,
  values: unknown[],
): Promise<void> {
  await client.query(
    `insert into hub.work_member as m (tenant_id, connection_id, group_id, member_id, member_type)
     select $1, $2, d.group_id, d.member_id, d.member_type from (${differingMembers(groups, true)}) d
       join hub.target_object t on t.tenant_id = $1 and t.connection_id = $2 and t.subject_id = d.group_id
     order by d.group_id, d.member_id
     on conflict (tenant_id, connection_id, group_id, member_id) do update set
       revision = m.revision + 1, parked = false`,
    [tenantId, connectionId, ...values],
  );
}
