import type { PoolClient } from 'pg';
import { dueOnConflict } from '../work/due-on-conflict.js';
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

/** Marks the memberships that moves may have changed, and makes due who may have come into scope or left it. */
export async function dispatchMoves(client: PoolClient, tenantId: string, moved: Moved[]): Promise<void> {
  await markMembers(client, tenantId, moved);
  await markEffectiveMembers(client, tenantId, moved);
  await makeMembersDue(client, tenantId, moved);
}

/** The memberships of a deleted group are gone from the tables: where it stood cannot be looked up any more. */
export async function dispatchGroupDeletions(client: PoolClient, tenantId: string): Promise<void> {
  await makeDueOutsideScopeGroups(client, tenantId);
  for (const id of await effectiveConnections(client, tenantId)) {
    await markDiffering(
      client,
      tenantId,
      id,
      `select subject_id from hub.target_object where tenant_id = $1 and connection_id = $2
         and subject_type = 'group' and state = 'active'`,
      [],
    );
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

const moves = (first: number): string => `moved(group_id, member_id, member_type, position) as (
  select * from unnest($${first}::uuid[], $${first + 1}::uuid[], $${first + 2}::text[], $${first + 3}::bigint[]))`;

function movesOf(tenantId: string, moved: Moved[]): unknown[] {
  return [
    tenantId,
    moved.map(({ groupId }) => groupId),
    moved.map(({ memberId }) => memberId),
    moved.map(({ memberType }) => memberType),
    moved.map(({ position }) => position),
  ];
}

/**
 * Everybody below a group that was put into another, or taken out, is looked at where groups decide who is
 * provisioned: where one of the groups above is named, and where the user was looked at before. The tables may be
 * ahead of the events, so who came in is found by what is above now; who went out has a work item already.
 */
async function makeMembersDue(client: PoolClient, tenantId: string, moved: Moved[]): Promise<void> {
  await client.query({
    name: 'dispatch.make-members-due',
    text: `with recursive ${moves(2)},
             ${groupsBelow('below', `select distinct member_id from moved where member_type = 'group'`)},
             ${groupsAbove('above', 'select distinct group_id from moved')},
             concerned(user_id, group_id, position) as materialized (
               select member_id, group_id, position from moved where member_type = 'user'
               union
               select m.member_id, v.group_id, v.position from moved v
                 join below b on b.root = v.member_id
                 join hub.directory_member m on m.tenant_id = $1 and m.group_id = b.group_id and m.member_type = 'User'
               where v.member_type = 'group'),
             scoped as materialized (
               select c.id, ${scopeGroupsOfUsers('c')} as groups from hub.connection c
               where c.tenant_id = $1 and c.state <> 'disabled' and ${scopeGroupsOfUsers('c')} is not null),
             named(connection_id, group_id) as materialized (
               select distinct s.id, a.group_id from scoped s join above a on s.groups ? a.above::text)
           insert into hub.work_item as w (tenant_id, connection_id, subject_id, subject_type, wanted)
           select $1, s.id, o.user_id, 'user', max(o.position) from scoped s cross join concerned o
           where exists (select from named n where n.connection_id = s.id and n.group_id = o.group_id)
             or exists (select from hub.work_item k where k.tenant_id = $1 and k.connection_id = s.id
               and k.subject_id = o.user_id)
           group by s.id, o.user_id order by s.id, o.user_id ${dueOnConflict}`,
    values: movesOf(tenantId, moved),
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
               ${groupsAbove('above', `select distinct group_id from moved where member_type = 'user'`)},
               marked as (
                 insert into hub.work_member as m (tenant_id, connection_id, group_id, member_id, member_type)
                 select distinct $1::uuid, $2::uuid, a.above, v.member_id, 'user' from moved v
                   join above a on a.group_id = v.group_id and a.above <> v.group_id
                   join hub.target_object t on t.tenant_id = $1 and t.connection_id = $2 and t.subject_id = a.above
                 where v.member_type = 'user' order by 3, 4
                 on conflict (tenant_id, connection_id, group_id, member_id) do update set
                   revision = m.revision + 1, parked = false
                 returning group_id)
             ${groupsDue('marked')}`,
      values: [tenantId, id, ...movesOf(tenantId, moved).slice(1)],
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
    `with marked as (
       insert into hub.work_member as m (tenant_id, connection_id, group_id, member_id, member_type)
       select $1, $2, d.* from (${differingMembers(groups, true)}) d
         join hub.target_object t on t.tenant_id = $1 and t.connection_id = $2 and t.subject_id = d.group_id
       order by d.group_id, d.member_id
       on conflict (tenant_id, connection_id, group_id, member_id) do update set
         revision = m.revision + 1, parked = false
       returning group_id)
     ${groupsDue('marked')}`,
    [tenantId, connectionId, ...values],
  );
}

const groupsDue = (marked: string): string => `
  insert into hub.work_item as w (tenant_id, connection_id, subject_id, subject_type, wanted)
  select distinct $1::uuid, $2::uuid, group_id, 'group', 0 from ${marked} order by group_id ${dueOnConflict}`;

/** Whom a deleted group, or one above it, had brought into scope is found by who is there and no longer in one. */
async function makeDueOutsideScopeGroups(client: PoolClient, tenantId: string): Promise<void> {
  await client.query(
    `with recursive scoped as materialized (
       select c.id, ${scopeGroupsOfUsers('c')} as groups,
         case when c.policy->'users'->>'onOutOfScope' = 'delete' then array['active', 'inactive']
           else array['active'] end as states
       from hub.connection c
       where c.tenant_id = $1 and c.state <> 'disabled' and ${scopeGroupsOfUsers('c')} is not null),
     ${groupsBelow('below', 'select distinct g::uuid from scoped s, jsonb_array_elements_text(s.groups) g')},
     within(connection_id, user_id) as materialized (
       select distinct s.id, m.member_id from scoped s, jsonb_array_elements_text(s.groups) g
         join below b on b.root = g::uuid
         join hub.directory_member m on m.tenant_id = $1 and m.group_id = b.group_id and m.member_type = 'User')
     insert into hub.work_item as w (tenant_id, connection_id, subject_id, subject_type, wanted)
     select $1, k.connection_id, k.subject_id, 'user', 0 from hub.work_item k
     join scoped s on s.id = k.connection_id
     where k.tenant_id = $1 and k.subject_type = 'user'
       and (k.state <> 'idle' or exists (select from hub.target_object t where t.tenant_id = $1
         and t.connection_id = k.connection_id and t.subject_id = k.subject_id and t.state = any(s.states)))
       and not exists (select from within n where n.connection_id = k.connection_id and n.user_id = k.subject_id)
     order by k.connection_id, k.subject_id ${dueOnConflict}`,
    [tenantId],
  );
}
