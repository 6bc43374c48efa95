import type { RecordedEvent, Subscriber } from '@rollcall/event-store';
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
      rows.set(row.id, earlier ? { ...row, started_at: earlier.started_at } : row);
    }
    if (rows.size === 0) return;
    await client.query({
      name: 'operations.project',
      text: `insert into hub.operation as o
             select $1, g.* from jsonb_to_recordset($2::jsonb) as g(id uuid, connection_id uuid, subject_type text,
               subject_id uuid, action text, status text, attempts int, at timestamptz, started_at timestamptz,
               position bigint, cause bigint, config_version int, remote_id text, attributes text[],
               members_added int, members_removed int, reason text, answer text, error jsonb,
               next_attempt_at timestamptz, duration_ms int)
             on conflict (tenant_id, id) do update set
               action = excluded.action, status = excluded.status, attempts = excluded.attempts, at = excluded.at,
               position = excluded.position, cause = excluded.cause, config_version = excluded.config_version,
               remote_id = excluded.remote_id, attributes = excluded.attributes,
               members_added = excluded.members_added, members_removed = excluded.members_removed,
               reason = excluded.reason, answer = excluded.answer, error = excluded.error,
               next_attempt_at = excluded.next_attempt_at, duration_ms = excluded.duration_ms
             where o.position < excluded.position`,
      values: [tenantId, JSON.stringify([...rows.values()])],
    });
  },
};

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
