import type { RecordedEvent, Subscriber } from '@rollcall/event-store';
import { bucketOf } from '../convergence/convergence-buckets.js';
import type { OperationError, OperationPayload } from './operation.events.js';
import { targetObjectStream } from './operation.events.js';

type Recorded = OperationPayload & { error?: OperationError; nextAttemptAt?: string };

/**
 * One row an operation, however many attempts it took. Holds names of attributes and no values: who it was about
 * is looked up when the report is read. What the target said of a failure may name a person, and goes when the
 * person is erased.
 */
export const operationsProjection: Subscriber = {
  name: 'operations',
  streamTypes: [targetObjectStream],
  async handle(events, client, tenantId) {
    const rows = new Map<string, ReturnType<typeof toRow>>();
    for (const event of events) {
      if (!event.payload) continue;
      const row = toRow(event, event.payload as unknown as Recorded);
      const earlier = rows.get(row.id);
      const { started_at, since } = earlier ?? row;
      rows.set(row.id, { ...row, started_at, since });
    }
    if (rows.size === 0) return;
    const { rows: converged } = await client.query<{ connectionId: string; ms: number | null }>({
      name: 'operations.project',
      text: projected,
      values: [tenantId, JSON.stringify([...rows.values()])],
    });
    const totals = new Map<
      string,
      { connection_id: string; bucket: number; operations: number; ms: number }
    >();
    for (const { connectionId, ms } of converged) {
      if (ms === null) continue;
      const bucket = bucketOf(ms);
      const key = `${connectionId}/${bucket}`;
      const total = totals.get(key) ?? { connection_id: connectionId, bucket, operations: 0, ms: 0 };
      totals.set(key, { ...total, operations: total.operations + 1, ms: total.ms + ms });
    }
    if (totals.size === 0) return;
    await client.query({
      name: 'operations.count-convergence',
      text: `insert into hub.convergence_total as t (tenant_id, connection_id, bucket, operations, milliseconds)
             select $1, g.connection_id, g.bucket, g.operations, g.ms from jsonb_to_recordset($2::jsonb)
               as g(connection_id uuid, bucket int, operations bigint, ms bigint)
             order by g.connection_id, g.bucket
             on conflict (tenant_id, connection_id, bucket) do update set
               operations = t.operations + excluded.operations,
               milliseconds = t.milliseconds + excluded.milliseconds`,
      values: [tenantId, JSON.stringify([...totals.values()])],
    });
  },
};

/**
 * `caused_at`: when the oldest change was accepted that waited for the operation, see docs/evidence.md. Null where
 * that was before the connection last began to look at everybody: then it was the configuration that caused it.
 * Each event is found by its key: a plan that joins would read the whole log.
 */
const projected = `
  insert into hub.operation as o (tenant_id, id, connection_id, subject_type, subject_id, action, status, attempts,
    at, started_at, position, cause, config_version, remote_id, attributes, members_added, members_removed, reason,
    answer, error, next_attempt_at, duration_ms, caused_at, converged_ms)
  select $1, g.id, g.connection_id, g.subject_type, g.subject_id, g.action, g.status, g.attempts,
    g.at, g.started_at, g.position, g.cause, g.config_version, g.remote_id, g.attributes, g.members_added,
    g.members_removed, g.reason, g.answer, g.error, g.next_attempt_at, g.duration_ms, c.caused_at,
    case when g.status = 'succeeded' then extract(epoch from g.at - c.caused_at) * 1000 end
  from jsonb_to_recordset($2::jsonb) as g(id uuid, connection_id uuid, subject_type text,
    subject_id uuid, action text, status text, attempts int, at timestamptz, started_at timestamptz,
    position bigint, cause bigint, since bigint, config_version int, remote_id text, attributes text[],
    members_added int, members_removed int, reason text, answer text, error jsonb,
    next_attempt_at timestamptz, duration_ms int),
  lateral (
    select coalesce(
      (select e.recorded_at from hub.event e where e.tenant_id = $1 and e.stream_id = g.subject_id
         and e.position <= g.cause and e.version = 1 + case when g.since = 0 then 0 else (
           select s.version from hub.event s where s.tenant_id = $1 and s.stream_id = g.subject_id
             and s.position <= g.since order by s.version desc limit 1) end),
      (select e.recorded_at from hub.event e where e.tenant_id = $1 and e.position = g.cause)) as at offset 0) first,
  lateral (
    select case when not exists (
      select from hub.provisioning_run r where r.tenant_id = $1 and r.connection_id = g.connection_id
        and r.started_at <= g.started_at and r.started_at > first.at) then first.at end as caused_at offset 0) c
  on conflict (tenant_id, id) do update set
    action = excluded.action, status = excluded.status, attempts = excluded.attempts, at = excluded.at,
    position = excluded.position, cause = excluded.cause, config_version = excluded.config_version,
    remote_id = excluded.remote_id, attributes = excluded.attributes,
    members_added = excluded.members_added, members_removed = excluded.members_removed,
    reason = excluded.reason, answer = excluded.answer, error = excluded.error,
    next_attempt_at = excluded.next_attempt_at, duration_ms = excluded.duration_ms,
    converged_ms = case when excluded.status = 'succeeded'
      then extract(epoch from excluded.at - o.caused_at) * 1000 end
  where o.position < excluded.position
  returning connection_id as "connectionId", converged_ms::float8 as ms`;

function toRow(event: RecordedEvent, payload: Recorded) {
  return {
    id: payload.operationId,
    connection_id: payload.connectionId,
    subject_type: payload.subjectType,
    subject_id: payload.subjectId,
    action: payload.action,
    status: event.type.slice('operation.'.length),
    attempts: payload.attempt,
    at: event.recordedAt,
    started_at: event.recordedAt,
    position: event.position,
    cause: payload.cause,
    since: payload.since ?? payload.cause - 1,
    config_version: payload.configVersion,
    remote_id: payload.remoteId ?? null,
    attributes: payload.changes.map(({ attribute }) => attribute),
    members_added: payload.membersAdded,
    members_removed: payload.membersRemoved,
    reason: payload.reason,
    answer: payload.answer ?? null,
    error: payload.error ?? null,
    next_attempt_at: payload.nextAttemptAt ?? null,
    duration_ms: payload.durationMs,
  };
}
