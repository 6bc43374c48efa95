import type { EventMetadata } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import { uuid } from '../work/uuid.js';

/** A recorded fact, and who brought it in through what. */
export interface Cause {
  position: number;
  type: string;
  at: Date;
  subject: { type: string; id: string };
  by: Author;
}

export interface Author {
  /** Name of the inbound source, where it was one and still is there. */
  source: { id: string; name: string | null };
  /** "source:<id>", "admin:<key id>", "hub". */
  actor: string;
  /** Of the request log; see GET /api/v1/request-log/{id}. */
  requestId: string | null;
}

interface Row {
  position: number;
  type: string;
  at: Date;
  streamType: string;
  streamId: string;
  metadata: EventMetadata;
}

export async function causeAt(
  database: Database,
  tenantId: string,
  position: number,
): Promise<Cause | undefined> {
  return (await causesAt(database, tenantId, [position])).get(position);
}

export async function causesAt(
  database: Database,
  tenantId: string,
  positions: number[],
): Promise<Map<number, Cause>> {
  if (positions.length === 0) return new Map();
  const rows = await database.query<Row>(
    `select e.position::float8 as position, e.type, e.recorded_at as at, e.stream_type as "streamType",
       e.stream_id as "streamId", e.metadata
     from hub.event e where e.tenant_id = $1 and e.position = any($2::bigint[])`,
    [tenantId, [...new Set(positions)]],
  );
  const authors = await authorsOf(
    database,
    tenantId,
    rows.map(({ metadata }) => metadata),
  );
  return new Map(
    rows.map(({ position, type, at, streamType, streamId, metadata }) => [
      position,
      { position, type, at, subject: { type: streamType, id: streamId }, by: authors(metadata) },
    ]),
  );
}

/** Metadata as people read it: sources and connections by their names. */
export async function authorsOf(
  database: Database,
  tenantId: string,
  metadata: EventMetadata[],
): Promise<(metadata: EventMetadata) => Author> {
  const ids = [...new Set(metadata.map(({ source }) => source))].filter((id) => uuid.test(id));
  const rows = ids.length
    ? await database.query<{ id: string; name: string }>(
        `select id, name from hub.source where tenant_id = $1 and id = any($2::uuid[])
         union all select id, name from hub.connection where tenant_id = $1 and id = any($2::uuid[])`,
        [tenantId, ids],
      )
    : [];
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return ({ source, actor, requestId }) => ({
    source: { id: source, name: names.get(source) ?? null },
    actor,
    requestId: requestId ?? null,
  });
}
