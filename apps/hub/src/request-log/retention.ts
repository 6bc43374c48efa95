import type { Database } from '@rollcall/platform';
import { firstIdAt } from './log-row.js';

export interface RequestLogSettings {
  keepDays: number;
  keepEntries: number;
}

export const defaultSettings: RequestLogSettings = { keepDays: 30, keepEntries: 1_000_000 };
export const longestDays = 3_650;
export const mostEntriesKept = 100_000_000;

const dayMs = 24 * 60 * 60 * 1000;
const atOnce = 5_000;

export async function requestLogSettings(database: Database, tenantId: string): Promise<RequestLogSettings> {
  const [row] = await database.query<RequestLogSettings>(
    `select keep_days as "keepDays", keep_entries as "keepEntries" from hub.request_log_settings where tenant_id = $1`,
    [tenantId],
  );
  return row ?? defaultSettings;
}

export async function changeRequestLogSettings(
  database: Database,
  tenantId: string,
  { keepDays = null, keepEntries = null }: { keepDays?: number | null; keepEntries?: number | null },
): Promise<RequestLogSettings> {
  await database.query(
    `insert into hub.request_log_settings (tenant_id, keep_days, keep_entries)
     values ($1, coalesce($2::int, ${defaultSettings.keepDays}), coalesce($3::int, ${defaultSettings.keepEntries}))
     on conflict (tenant_id) do update set
       keep_days = coalesce($2::int, request_log_settings.keep_days),
       keep_entries = coalesce($3::int, request_log_settings.keep_entries)`,
    [tenantId, keepDays, keepEntries],
  );
  return requestLogSettings(database, tenantId);
}

/** Any number, the same in all processes of a hub. */
const pruneLock = 7_106_281_340;

/**
 * Removes what is too old or too much, of every tenant, some thousand rows at a time so that nobody waits for
 * it. Does nothing while another process is at it.
 * @returns how many were removed
 */
export async function pruneRequestLog(database: Database, stop?: AbortSignal): Promise<number> {
  const tenants = await database.query<{ id: string } & RequestLogSettings>(
    `select t.tenant_id as id, coalesce(s.keep_days, ${defaultSettings.keepDays}) as "keepDays",
       coalesce(s.keep_entries, ${defaultSettings.keepEntries}) as "keepEntries"
     from hub.tenant t left join hub.request_log_settings s using (tenant_id)`,
  );
  let removed = 0;
  for (const { id, keepDays, keepEntries } of tenants) {
    const oldest = firstIdAt(new Date(Date.now() - keepDays * dayMs));
    removed += await removeBefore(database, id, oldest, stop);
    const firstTooMany = await entryAfter(database, id, keepEntries);
    if (firstTooMany) removed += await removeBefore(database, id, firstTooMany, stop);
  }
  return removed;
}

/** The oldest entry that is kept, where there are more than `count`. */
async function entryAfter(database: Database, tenantId: string, count: number): Promise<string | undefined> {
  const [row] = await database.query<{ id: string }>(
    `select l.id from (
       select id from hub.request_log where tenant_id = $1 order by id desc offset $2 - 1 limit 1) l
     where exists (select from hub.request_log o where o.tenant_id = $1 and o.id < l.id)`,
    [tenantId, count],
  );
  return row?.id;
}

async function removeBefore(
  database: Database,
  tenantId: string,
  id: string,
  stop?: AbortSignal,
): Promise<number> {
  let removed = 0;
  while (!stop?.aborted) {
    const count = await database.transaction(async (client) => {
      const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_xact_lock($1) as free', [
        pruneLock,
      ]);
      if (!rows[0]!.free) return 0;
      const result = await client.query(
        `delete from hub.request_log where tenant_id = $1 and id in (
           select id from hub.request_log where tenant_id = $1 and id < $2::uuid order by id limit ${atOnce})`,
        [tenantId, id],
      );
      return result.rowCount ?? 0;
    });
    removed += count;
    if (count < atOnce) break;
  }
  return removed;
}
