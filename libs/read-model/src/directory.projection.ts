import {
  evolveGroup,
  evolveUser,
  type GroupEvent,
  type GroupState,
  type Member,
  type UserEvent,
  type UserState,
} from '@rollcall/directory';
import type { RecordedEvent, Subscriber } from '@rollcall/event-store';
import type { PoolClient } from 'pg';
import { upsertGroups } from './group-rows.js';
import { type MemberChange, writeMembers } from './member-rows.js';
import { statesById } from './resource-row.js';
import { projectSchemas } from './schema-rows.js';
import { projectedTypes, type TenantTypes } from './tenant-types.js';
import { upsertUsers } from './user-rows.js';

/** Derives the directory tables from the log. A batch touches each user and group once, however often it changed. */
export const directoryProjection: Subscriber = {
  name: 'directory',
  streamTypes: ['user', 'group', 'schema'],
  async handle(events: RecordedEvent[], client: PoolClient, tenantId: string): Promise<void> {
    const users = events.filter((event) => event.streamType === 'user' && event.payload);
    const groups = events.filter((event) => event.streamType === 'group' && event.payload);
    // Schemas first: what a batch writes, it writes by the schemas at its end.
    const schemas = events.filter((event) => event.streamType === 'schema');
    await projectSchemas(tenantId, schemas, client);
    const types = await projectedTypes(client, tenantId);
    await projectUsers(tenantId, users, client, types);
    await projectGroups(tenantId, groups, client, types);
    await writeMembers(client, tenantId, membershipChanges(events));
  },
};

async function projectUsers(
  tenantId: string,
  events: RecordedEvent[],
  client: PoolClient,
  { User: type }: TenantTypes,
): Promise<void> {
  if (events.length === 0) return;
  const states = await statesById(client, 'directory_user', tenantId, idsOfExisting(events, 'user.created'));
  const positions = new Map<string, number>();
  for (const event of events) {
    const state = states.get(event.streamId);
    if (state && state.version >= event.version) continue;
    states.set(event.streamId, evolveUser(state, event as unknown as UserEvent, event));
    positions.set(event.streamId, event.position);
  }
  const changed = [...positions].map(([id, position]): [UserState, number] => [states.get(id)!, position]);
  await upsertUsers(client, tenantId, changed, type);
}

async function projectGroups(
  tenantId: string,
  events: RecordedEvent[],
  client: PoolClient,
  { Group: type }: TenantTypes,
): Promise<void> {
  if (events.length === 0) return;
  const states = await statesById(
    client,
    'directory_group',
    tenantId,
    idsOfExisting(events, 'group.created'),
  );
  const positions = new Map<string, number>();
  for (const event of events) {
    const state = states.get(event.streamId);
    if (state && state.version >= event.version) continue;
    states.set(event.streamId, evolveGroup(state, event as unknown as GroupEvent, event));
    positions.set(event.streamId, event.position);
  }
  const changed = [...positions].map(([id, position]): [GroupState, number] => [states.get(id)!, position]);
  await upsertGroups(client, tenantId, changed, type);
}

function idsOfExisting(events: RecordedEvent[], creation: string): string[] {
  const created = new Set(events.filter(({ type }) => type === creation).map(({ streamId }) => streamId));
  return [...new Set(events.map(({ streamId }) => streamId))].filter((id) => !created.has(id));
}

/** In event order, since a member may leave and come back within one batch. */
function membershipChanges(events: RecordedEvent[]): MemberChange[] {
  const changes: MemberChange[] = [];
  for (const { type, streamId, payload, position } of events) {
    const members = (payload?.members ?? []) as Member[];
    if (type === 'group.members-added') changes.push({ op: 'add', groupId: streamId, members, position });
    if (type === 'group.members-removed')
      changes.push({ op: 'remove', groupId: streamId, members, position });
    if (type === 'group.deleted') changes.push({ op: 'clear', groupId: streamId });
    if (type === 'group.deleted' || type === 'user.deleted')
      changes.push({ op: 'forget', memberId: streamId });
  }
  return changes;
}
