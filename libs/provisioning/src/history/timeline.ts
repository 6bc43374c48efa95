import type { RecordedEvent } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import { targetObjectStream } from '../report/operation.events.js';
import { type Author, authorsOf, causesAt } from './cause.js';
import { changesByPosition } from './changes-by-position.js';
import { memberNames } from './member-names.js';
import { type Log, newestEvents, ownEvents, targetStreams } from './recorded-events.js';
import { namesAt } from './state-at.js';
import type { Changed } from './state-differences.js';
import type { KnownSubject } from './subject.js';
import { operationEntry, type OperationEntry, tell } from './tell-entry.js';

/** One thing that happened to a user or group, or was done about it. */
export interface TimelineEntry {
  position: number;
  at: Date;
  /** directory: it changed. membership: it came into a group, or left. operation: something was done at a connection. */
  kind: 'directory' | 'membership' | 'operation';
  type: string;
  /** In an admin's words. */
  what: string;
  by: Author;
  /** Old and new values. */
  changes: Changed[];
  group?: { id: string; displayName: string | null };
  members?: { id: string; type: string; display: string | null }[];
  operation?: OperationEntry;
  /** What it said has been erased. */
  erased?: true;
}

export interface Timeline {
  items: TimelineEntry[];
  nextCursor: string | null;
}

interface Membership {
  position: number;
  groupId: string;
  joined: boolean;
  ended: 'removed' | 'group-deleted' | 'member-deleted' | null;
}

/** Newest first. @param before position of the last entry of the page before */
export async function readTimeline(
  log: Log,
  tenantId: string,
  subject: KnownSubject,
  { before = Number.MAX_SAFE_INTEGER, limit = 50 }: { before?: number; limit?: number },
): Promise<Timeline> {
  const streams = await targetStreams(log, tenantId, subject.id);
  const page = { before, limit: limit + 1 };
  const [events, memberships] = await Promise.all([
    newestEvents(log, tenantId, [subject.id, ...streams.keys()], page),
    membershipsOf(log.database, tenantId, subject.id, page),
  ]);
  const told = [
    ...(await entriesOf(log, tenantId, events, streams)),
    ...(await membershipEntries(log, tenantId, memberships)),
  ]
    .sort((a, b) => b.position - a.position)
    .slice(0, limit + 1);
  const items = told.slice(0, limit);
  return { items, nextCursor: told.length > limit ? String(items.at(-1)!.position) : null };
}

async function entriesOf(
  log: Log,
  tenantId: string,
  events: RecordedEvent[],
  streams: Map<string, { id: string; name: string | null }>,
): Promise<TimelineEntry[]> {
  const authors = await authorsOf(
    log.database,
    tenantId,
    events.map(({ metadata }) => metadata),
  );
  const own = events.filter(({ streamType }) => streamType !== targetObjectStream);
  const changes = changesByPosition(await ownEvents(log, tenantId, [...new Set(own.map((e) => e.streamId))]));
  const names = await memberNames(log.database, tenantId, own);
  return events.map((event): TimelineEntry => {
    const { position, recordedAt: at, type, payload, metadata } = event;
    const common = { position, at, type, by: authors(metadata), ...(!payload && { erased: true as const }) };
    if (event.streamType === targetObjectStream) {
      const operation = payload && operationEntry(type, payload, streams.get(event.streamId));
      const connection = streams.get(event.streamId)?.name ?? 'a connection';
      return {
        ...common,
        kind: 'operation',
        what: tell(type, { operation, connection }),
        changes: operation ? operation.changes : [],
        ...(operation && { operation: operation.shown }),
      };
    }
    const members = names(payload);
    return {
      ...common,
      kind: 'directory',
      what: tell(type, { members: members?.length, more: members && countOf(payload) - members.length }),
      changes: changes.get(position) ?? [],
      ...(members && { members }),
    };
  });
}

function countOf(payload: RecordedEvent['payload']): number {
  return ((payload?.members ?? []) as unknown[]).length;
}

function membershipsOf(
  database: Database,
  tenantId: string,
  memberId: string,
  { before, limit }: { before: number; limit: number },
): Promise<Membership[]> {
  return database.query<Membership>(
    `select position::float8 as position, group_id as "groupId", joined, ended from (
       select from_position as position, group_id, true as joined, null as ended from hub.membership_period
         where tenant_id = $1 and member_id = $2
       union all
       select to_position, group_id, false, ended from hub.membership_period
         where tenant_id = $1 and member_id = $2 and to_position is not null) m
     where position < $3 order by position desc limit $4`,
    [tenantId, memberId, before, limit],
  );
}

async function membershipEntries(
  log: Log,
  tenantId: string,
  memberships: Membership[],
): Promise<TimelineEntry[]> {
  if (memberships.length === 0) return [];
  const groups = [...new Set(memberships.map(({ groupId }) => groupId))];
  const [names, causes] = await Promise.all([
    namesAt(log, tenantId, groups),
    causesAt(
      log.database,
      tenantId,
      memberships.map(({ position }) => position),
    ),
  ]);
  return memberships.map(({ position, groupId, joined, ended }) => {
    const { at, by } = causes.get(position)!;
    const displayName = names.get(groupId) ?? null;
    const group = displayName === null ? 'a group' : `group "${displayName}"`;
    const end = {
      removed: `taken out of ${group}`,
      'group-deleted': `no longer in ${group}, which was deleted`,
      'member-deleted': `no longer in ${group}, deleted`,
    };
    return {
      position,
      at,
      kind: 'membership',
      type: joined ? 'membership.began' : 'membership.ended',
      what: joined ? `put into ${group}` : end[ended!],
      by,
      changes: [],
      group: { id: groupId, displayName },
    };
  });
}
