import type { SchemaEvent } from '@rollcall/directory';
import type { RecordedEvent, Subscriber } from '@rollcall/event-store';
import type { PoolClient } from 'pg';

interface DueSubject {
  id: string;
  type: 'user' | 'group';
  position: number;
  /** Only for connections whose scope names this group. */
  scopeGroup?: string;
}

interface DirtyMember {
  groupId: string;
  memberId: string;
  memberType: 'user' | 'group';
}

interface Due {
  subjects: DueSubject[];
  members: DirtyMember[];
  deletedUsers: string[];
  deletedGroups: string[];
}

/** Turns directory events into work items of every connection concerned, coalesced by subject. */
export const dispatch: Subscriber = {
  name: 'dispatch',
  limitBy: 'directory',
  streamTypes: ['user', 'group', 'schema'],
  payloadsOf: [
    'group.members-added',
    'group.members-removed',
    'schema.defined',
    'schema.changed',
    'schema.removed',
  ],
  async handle(events, client, tenantId) {
    const due = dueFrom(events);
    if (due.subjects.length > 0) await makeDue(client, tenantId, due.subjects);
    if (due.members.length > 0) await markMembers(client, tenantId, due.members);
    if (due.deletedUsers.length > 0) await markGroupsOfDeleted(client, tenantId, due.deletedUsers);
    if (due.deletedGroups.length > 0) await makeScopedDue(client, tenantId, due.deletedGroups);
    const schemas = events.filter(({ streamType }) => streamType === 'schema');
    if (schemas.length > 0) await lookAgainWhereNamed(client, tenantId, schemas);
  },
};

function dueFrom(events: RecordedEvent[]): Due {
  const subjects = new Map<string, DueSubject>();
  const members = new Map<string, DirtyMember>();
  const deletedUsers = new Set<string>();
  const deletedGroups = new Set<string>();
  const touch = (subject: DueSubject) => subjects.set(`${subject.id}/${subject.scopeGroup ?? ''}`, subject);
  for (const { type, streamType, streamId, position, payload } of events) {
    if (streamType !== 'user' && streamType !== 'group') continue;
    touch({ id: streamId, type: streamType, position });
    if (type === 'user.deleted') deletedUsers.add(streamId);
    if (type === 'group.deleted') deletedGroups.add(streamId);
    if (type !== 'group.members-added' && type !== 'group.members-removed') continue;
    for (const member of (payload?.members ?? []) as { id: string; type: 'User' | 'Group' }[]) {
      const memberType = member.type === 'Group' ? 'group' : 'user';
      members.set(`${streamId}/${member.id}`, { groupId: streamId, memberId: member.id, memberType });
      if (memberType === 'user') touch({ id: member.id, type: 'user', position, scopeGroup: streamId });
    }
  }
  return {
    subjects: [...subjects.values()],
    members: [...members.values()],
    deletedUsers: [...deletedUsers],
    deletedGroups: [...deletedGroups],
  };
}

const pushesGroups = `coalesce((c.policy->'groups'->>'enabled')::boolean, true)`;

/** A retry keeps its waiting time; a dead letter is tried again because something changed. */
export const dueOnConflict = `
  on conflict (tenant_id, connection_id, subject_id) do update set
    wanted = greatest(w.wanted, excluded.wanted),
    revision = w.revision + 1,
    state = case when w.state = 'retrying' then 'retrying' else 'due' end,
    due_at = case w.state when 'retrying' then w.due_at when 'due' then least(w.due_at, now()) else now() end,
    attempts = case when w.state in ('idle', 'dead', 'held', 'denied') then 0 else w.attempts end`;

async function makeDue(client: PoolClient, tenantId: string, subjects: DueSubject[]): Promise<void> {
  // Rows are taken in the order of their key here and by completions, so that the two cannot deadlock.
  await client.query({
    name: 'dispatch.make-due',
    text: `insert into hub.work_item as w (tenant_id, connection_id, subject_id, subject_type, wanted)
           select $1, c.id, s.id, min(s.type), max(s.position)
           from unnest($2::uuid[], $3::text[], $4::bigint[], $5::text[]) s(id, type, position, scope_group)
           join hub.connection c on c.tenant_id = $1 and c.state <> 'disabled'
             and (s.type = 'user' or ${pushesGroups})
             and (s.scope_group is null or c.scope->'groups' ? s.scope_group)
           group by c.id, s.id order by c.id, s.id ${dueOnConflict}`,
    values: [
      tenantId,
      subjects.map(({ id }) => id),
      subjects.map(({ type }) => type),
      subjects.map(({ position }) => position),
      subjects.map(({ scopeGroup }) => scopeGroup ?? null),
    ],
  });
}

async function markMembers(client: PoolClient, tenantId: string, members: DirtyMember[]): Promise<void> {
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

async function markGroupsOfDeleted(client: PoolClient, tenantId: string, userIds: string[]): Promise<void> {
  await client.query(
    `with held as (
       select connection_id, group_id, member_id, member_type from hub.target_member
         where tenant_id = $1 and member_id = any($2::uuid[])
       union
       select connection_id, group_id, member_id, member_type from hub.work_member
         where tenant_id = $1 and member_id = any($2::uuid[]) and parked),
     marked as (
       insert into hub.work_member as m (tenant_id, connection_id, group_id, member_id, member_type)
       select $1, connection_id, group_id, member_id, member_type from held
       order by connection_id, group_id, member_id
       on conflict (tenant_id, connection_id, group_id, member_id) do update set
         revision = m.revision + 1, parked = false)
     insert into hub.work_item as w (tenant_id, connection_id, subject_id, subject_type, wanted)
     select distinct $1::uuid, connection_id, group_id, 'group', 0 from held
     order by connection_id, group_id ${dueOnConflict}`,
    [tenantId, userIds],
  );
}

/** The memberships of a deleted group are gone from the read model: everybody there is looked at again. */
async function makeScopedDue(client: PoolClient, tenantId: string, groupIds: string[]): Promise<void> {
  await client.query(
    `insert into hub.work_item as w (tenant_id, connection_id, subject_id, subject_type, wanted)
     select t.tenant_id, t.connection_id, t.subject_id, t.subject_type, 0
     from hub.connection c
     join hub.target_object t on t.tenant_id = c.tenant_id and t.connection_id = c.id and t.subject_type = 'user'
       and t.state in ('active', 'inactive')
     where c.tenant_id = $1 and c.state <> 'disabled' and c.scope->'groups' ?| $2::text[]
     order by t.connection_id, t.subject_id ${dueOnConflict}`,
    [tenantId, groupIds],
  );
}

/** A connection that names the schema, or an attribute of it, may read other values now: the sweep makes all due. */
async function lookAgainWhereNamed(
  client: PoolClient,
  tenantId: string,
  events: RecordedEvent[],
): Promise<void> {
  const names = events.flatMap(({ payload }) => {
    const { schema } = payload as SchemaEvent['payload'];
    return [schema.id, ...schema.attributes.map(({ name }) => name)];
  });
  await client.query(
    `update hub.connection c set resync_requested = c.resync_requested + 1
     where c.tenant_id = $1 and c.state <> 'disabled' and exists (
       select from unnest($2::text[]) named
       where position(lower(named) in lower(c.scope::text || coalesce(c.mappings::text, ''))) > 0)`,
    [tenantId, [...new Set(names)]],
  );
}
