import { type EventRow, type EventStore, eventColumns, type RecordedEvent } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import { targetObjectId, targetObjectStream } from '../report/operation.events.js';

export interface Log {
  database: Database;
  events: EventStore;
}

const joined = `from hub.event e
  left join hub.subject_key k on k.tenant_id = e.tenant_id and k.subject_id = e.subject_id`;

/** What makes a user's or group's own state, oldest first, up to a moment. Memberships are not among it. */
export async function ownEvents(
  { database, events }: Log,
  tenantId: string,
  subjectIds: string[],
  until?: Date,
): Promise<RecordedEvent[]> {
  if (subjectIds.length === 0) return [];
  const rows = await database.query<EventRow>(
    `select ${eventColumns} ${joined}
     where e.tenant_id = $1 and e.stream_id = any($2::uuid[]) and e.stream_type in ('user', 'group')
       and e.type not in ('group.members-added', 'group.members-removed')
       and ($3::timestamptz is null or e.recorded_at <= $3) order by e.stream_id, e.version`,
    [tenantId, subjectIds, until ?? null],
  );
  return events.decode(rows);
}

/** The connections at which anything was ever done for the subject, by the stream of what was done. */
export async function targetStreams(
  { database }: Pick<Log, 'database'>,
  tenantId: string,
  subjectId: string,
): Promise<Map<string, { id: string; name: string | null }>> {
  const rows = await database.query<{ id: string; name: string | null }>(
    `select ids.id, coalesce(c.name, (select v.name from hub.connection_version v
         where v.tenant_id = $1 and v.connection_id = ids.id order by v.version desc limit 1)) as name
     from (select distinct connection_id as id from hub.operation where tenant_id = $1 and subject_id = $2
           union select id from hub.connection where tenant_id = $1) ids
     left join hub.connection c on c.tenant_id = $1 and c.id = ids.id`,
    [tenantId, subjectId],
  );
  return new Map(rows.map((row) => [targetObjectId(row.id, subjectId), row]));
}

/** What was done for a subject at connections, oldest first, up to a moment. */
export async function operationEvents(
  { database, events }: Log,
  tenantId: string,
  streamIds: string[],
  until?: Date,
): Promise<RecordedEvent[]> {
  const rows = await database.query<EventRow>(
    `select ${eventColumns} ${joined}
     where e.tenant_id = $1 and e.stream_id = any($2::uuid[]) and e.stream_type = '${targetObjectStream}'
       and e.type = 'operation.succeeded' and ($3::timestamptz is null or e.recorded_at <= $3)
     order by e.position`,
    [tenantId, streamIds, until ?? null],
  );
  return events.decode(rows);
}

/** Events by their positions, and the newest of each stream before a position. */
export async function newestEvents(
  { database, events }: Log,
  tenantId: string,
  streamIds: string[],
  { before, limit }: { before: number; limit: number },
): Promise<RecordedEvent[]> {
  const rows = await database.query<EventRow>(
    `select ${eventColumns} from unnest($2::uuid[]) s(id),
     lateral (select * from hub.event n where n.tenant_id = $1 and n.stream_id = s.id and n.position < $3
              order by n.version desc limit $4) e
     left join hub.subject_key k on k.tenant_id = e.tenant_id and k.subject_id = e.subject_id
     order by e.position desc limit $4`,
    [tenantId, streamIds, before, limit],
  );
  return events.decode(rows);
}
