import type { SchemaEvent } from '@rollcall/directory';
import type { RecordedEvent, Subscriber } from '@rollcall/event-store';
import type { PoolClient } from 'pg';
import {
  type Concerned,
  concernedByGroupDeletions,
  concernedByMoves,
  markGroupDeletions,
  markMoves,
  type Moved,
  valuesOf,
} from '../membership/dispatch-moves.js';
import { pushesGroups } from '../membership/nested-groups.js';
import { dueOnConflict } from './due-on-conflict.js';

interface DueSubject {
  id: string;
  type: 'user' | 'group';
  position: number;
}

interface Due {
  subjects: DueSubject[];
  moved: Moved[];
  deletedUsers: string[];
  groupsDeleted: boolean;
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
    if (due.subjects.length > 0) await makeDue(client, tenantId, due);
    if (due.moved.length > 0) await markMoves(client, tenantId, due.moved);
    if (due.deletedUsers.length > 0) await markGroupsOfDeleted(client, tenantId, due.deletedUsers);
    if (due.groupsDeleted) await markGroupDeletions(client, tenantId);
    const schemas = events.filter(({ streamType }) => streamType === 'schema');
    if (schemas.length > 0) await lookAgainWhereNamed(client, tenantId, schemas);
  },
};

function dueFrom(events: RecordedEvent[]): Due {
  const subjects = new Map<string, DueSubject>();
  const moved = new Map<string, Moved>();
  const deletedUsers = new Set<string>();
  let groupsDeleted = false;
  for (const { type, streamType, streamId, position, payload } of events) {
    if (streamType !== 'user' && streamType !== 'group') continue;
    subjects.set(streamId, { id: streamId, type: streamType, position });
    if (type === 'user.deleted') deletedUsers.add(streamId);
    if (type === 'group.deleted') groupsDeleted = true;
    if (type !== 'group.members-added' && type !== 'group.members-removed') continue;
    for (const member of (payload?.members ?? []) as { id: string; type: 'User' | 'Group' }[]) {
      const memberType = member.type === 'Group' ? 'group' : 'user';
      moved.set(`${streamId}/${member.id}`, {
        groupId: streamId,
        memberId: member.id,
        memberType,
        position,
      });
    }
  }
  return {
    subjects: [...subjects.values()],
    moved: [...moved.values()],
    deletedUsers: [...deletedUsers],
    groupsDeleted,
  };
}

/**
 * Every row is taken by one statement in the order of their key, here and by completions, and memberships after
 * them: so the two seldom wait for each other in a circle.
 */
async function makeDue(
  client: PoolClient,
  tenantId: string,
  { subjects, moved, deletedUsers, groupsDeleted }: Due,
): Promise<void> {
  const values: unknown[] = [
    tenantId,
    subjects.map(({ id }) => id),
    subjects.map(({ type }) => type),
    subjects.map(({ position }) => position),
  ];
  const concerned: Concerned[] = [];
  if (moved.length > 0) concerned.push(concernedByMoves(values.push(...valuesOf(moved)) - 3));
  if (groupsDeleted) concerned.push(concernedByGroupDeletions());
  if (deletedUsers.length > 0) concerned.push(groupsHolding(values.push(deletedUsers)));
  const tables = [...new Set(concerned.flatMap((each) => each.tables))];
  await client.query({
    name: `dispatch.make-due${moved.length > 0 ? '-moved' : ''}${groupsDeleted ? '-deleted-groups' : ''}${
      deletedUsers.length > 0 ? '-deleted-users' : ''
    }`,
    text: `${tables.length > 0 ? `with recursive ${tables.join(',\n')}` : ''}
           insert into hub.work_item as w (tenant_id, connection_id, subject_id, subject_type, wanted)
           select $1, d.connection_id, d.id, min(d.type), max(d.position) from (
             select c.id, s.id, s.type, s.position
             from unnest($2::uuid[], $3::text[], $4::bigint[]) s(id, type, position)
             join hub.connection c on c.tenant_id = $1 and c.state <> 'disabled'
               and (s.type = 'user' or ${pushesGroups})
             ${concerned.map(({ query }) => `union all ${query}`).join('\n')}
           ) d(connection_id, id, type, position)
           group by 2, 3 order by 2, 3 ${dueOnConflict}`,
    values,
  });
}

/** Where somebody who was deleted is a member, or is about to be one. */
const held = (parameter: number): string => `
  select connection_id, group_id, member_id, member_type from hub.target_member
    where tenant_id = $1 and member_id = any($${parameter}::uuid[])
  union
  select connection_id, group_id, member_id, member_type from hub.work_member
    where tenant_id = $1 and member_id = any($${parameter}::uuid[])`;

function groupsHolding(parameter: number): Concerned {
  return { tables: [], query: `select connection_id, group_id, 'group', 0 from (${held(parameter)}) h` };
}

async function markGroupsOfDeleted(client: PoolClient, tenantId: string, userIds: string[]): Promise<void> {
  await client.query(
    `insert into hub.work_member as m (tenant_id, connection_id, group_id, member_id, member_type)
     select $1, connection_id, group_id, member_id, member_type from (${held(2)}) h
     order by connection_id, group_id, member_id
     on conflict (tenant_id, connection_id, group_id, member_id) do update set
       revision = m.revision + 1, parked = false`,
    [tenantId, userIds],
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
