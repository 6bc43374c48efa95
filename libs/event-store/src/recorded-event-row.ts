import type { EventMetadata, RecordedEvent } from './event.js';
import { unsealPayload } from './payload-seal.js';
import type { SubjectKeys } from './subject-keys.js';
import type { Upcast } from './upcast.js';

/** Columns that every statement reading events selects, `e` being hub.event and `k` hub.subject_key. */
export const eventColumns = eventColumnsWith('e.payload');

/** The same, with the payload by an expression: null where it is not wanted. */
export function eventColumnsWith(payload: string): string {
  return `e.tenant_id, e.position::float8 as position, e.stream_id, e.stream_type, e.version, e.type,
    e.schema_version, e.subject_id, ${payload} as payload, e.metadata, e.recorded_at, k.wrapped`;
}

export interface EventRow {
  tenant_id: string;
  position: number;
  stream_id: string;
  stream_type: string;
  version: number;
  type: string;
  schema_version: number;
  subject_id: string;
  payload: Buffer | null;
  metadata: EventMetadata;
  recorded_at: Date;
  wrapped: Buffer | null;
}

export function toRecordedEvent(row: EventRow, keys: SubjectKeys, upcast: Upcast): RecordedEvent {
  const key = row.payload && keys.unwrap(row.tenant_id, row.subject_id, row.wrapped);
  const current =
    row.payload && key
      ? upcast(
          row.type,
          row.schema_version,
          unsealPayload(key, row.payload, {
            tenantId: row.tenant_id,
            streamId: row.stream_id,
            type: row.type,
            schemaVersion: row.schema_version,
          }),
        )
      : { schemaVersion: row.schema_version, payload: undefined };
  return { ...withoutPayload(row), ...current };
}

export function withoutPayload(row: EventRow): RecordedEvent {
  return {
    tenantId: row.tenant_id,
    position: row.position,
    streamId: row.stream_id,
    streamType: row.stream_type,
    version: row.version,
    type: row.type,
    schemaVersion: row.schema_version,
    payload: undefined,
    metadata: row.metadata,
    recordedAt: row.recorded_at,
  };
}
