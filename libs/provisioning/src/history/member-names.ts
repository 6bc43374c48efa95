import type { Member } from '@rollcall/directory';
import type { RecordedEvent } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';

export interface NamedMember {
  id: string;
  type: string;
  display: string | null;
}

const shownAtMost = 20;

/** The first members that an event of a group names, as they are called now. */
export async function memberNames(
  database: Database,
  tenantId: string,
  events: RecordedEvent[],
): Promise<(payload: RecordedEvent['payload']) => NamedMember[] | undefined> {
  const shown = (payload: RecordedEvent['payload']) =>
    (payload?.members as Member[] | undefined)?.slice(0, shownAtMost);
  const ids = [...new Set(events.flatMap(({ payload }) => shown(payload) ?? []).map(({ id }) => id))];
  const names = await displaysOf(database, tenantId, ids);
  return (payload) => shown(payload)?.map(({ id, type }) => ({ id, type, display: names.get(id) ?? null }));
}

/** What users and groups are called now; of erased ones nothing. */
export async function displaysOf(
  database: Database,
  tenantId: string,
  ids: string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await database.query<{ id: string; display: string }>(
    `select id, user_name as display from hub.directory_user where tenant_id = $1 and id = any($2::uuid[])
     union all
     select id, display_name from hub.directory_group where tenant_id = $1 and id = any($2::uuid[])`,
    [tenantId, ids],
  );
  return new Map(rows.map(({ id, display }) => [id, display]));
}
