import { type EventRow, eventColumns, type RecordedEvent } from '@rollcall/event-store';

/**
 * One statement, one snapshot: resources' rows and the events of their streams that the rows have not seen.
 * `wanted` selects tenant_id, id and n, which numbers the answers; `extra` adds columns. Each `offset 0` keeps
 * the planner to the index of that step: without it a cached plan may join the tables first and look for the
 * few rows afterwards.
 */
export function rowAndTail(table: 'directory_user' | 'directory_group', wanted: string, extra = ''): string {
  const streamType = table === 'directory_user' ? 'user' : 'group';
  return `
    select wanted.n::int as n, wanted.id as wanted_id, r.version as row_version, r.resource as row_resource,
      r.created_at as row_created_at, r.last_modified as row_last_modified, r.deleted_at as row_deleted_at,
      ${eventColumns} ${extra}
    from (${wanted} offset 0) wanted
    left join lateral (
      select * from hub.${table} r where r.tenant_id = wanted.tenant_id and r.id = wanted.id offset 0) r on true
    left join lateral (
      select * from hub.event e where e.tenant_id = wanted.tenant_id and e.stream_id = wanted.id
        and e.version > coalesce(r.version, 0) and e.stream_type = '${streamType}' offset 0) e on true
    left join lateral (
      select * from hub.subject_key k
      where k.tenant_id = e.tenant_id and k.subject_id = e.subject_id offset 0) k on true
    order by n, e.version`;
}

export interface RowAndTail extends Omit<EventRow, 'position'> {
  n: number;
  position: number | null;
  wanted_id: string;
  row_version: number | null;
  row_resource: Record<string, unknown>;
  row_created_at: Date;
  row_last_modified: Date;
  row_deleted_at: Date | null;
}

/** The state a row holds; user and group rows have the same shape. */
export function rowState(row: RowAndTail | undefined) {
  if (!row || row.row_version === null) return undefined;
  return {
    id: row.wanted_id,
    version: row.row_version,
    attributes: row.row_resource,
    deleted: row.row_deleted_at !== null,
    createdAt: row.row_created_at,
    lastModified: row.row_last_modified,
  };
}

/** The newest state: the row, with its unseen events folded in. */
export function fold<State, Event>(
  rows: RowAndTail[],
  decode: (rows: EventRow[]) => RecordedEvent[],
  evolve: (state: State | undefined, event: Event, at: RecordedEvent) => State,
): { state: State | undefined; unseen: RecordedEvent[] } {
  let state = rowState(rows[0]) as State | undefined;
  const unseen = rows[0]?.position == null ? [] : decode(rows as EventRow[]);
  for (const event of unseen) if (event.payload) state = evolve(state, event as unknown as Event, event);
  return { state, unseen };
}
