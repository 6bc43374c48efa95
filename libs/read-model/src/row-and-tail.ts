import { type EventRow, eventColumns, type RecordedEvent } from '@rollcall/event-store';

/**
 * One statement, one snapshot: a resource's row and the events of its stream that the row has not seen.
 * `wanted` selects ids as `id`; `extra` adds columns.
 */
export function rowAndTail(table: 'directory_user' | 'directory_group', wanted: string, extra = ''): string {
  const streamType = table === 'directory_user' ? 'user' : 'group';
  return `
    select wanted.id as wanted_id, r.version as row_version, r.resource as row_resource,
      r.created_at as row_created_at, r.last_modified as row_last_modified, r.deleted_at as row_deleted_at,
      ${eventColumns} ${extra}
    from (${wanted}) wanted
    left join hub.${table} r on r.tenant_id = $1 and r.id = wanted.id
    left join hub.event e on e.tenant_id = $1 and e.stream_id = wanted.id and e.stream_type = '${streamType}'
      and e.version > coalesce(r.version, 0)
    left join hub.subject_key k on k.tenant_id = e.tenant_id and k.subject_id = e.subject_id
    order by e.version`;
}

export interface RowAndTail extends Omit<EventRow, 'position'> {
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
