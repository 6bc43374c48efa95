import type { PoolClient } from 'pg';
import type { Completion } from './completion.js';
import { hasAccount, unpark, wakeUnparked } from './wake-waiting.js';

/** Answers the subjects that waited for one of these accounts and are due now. */
export async function writeTargets(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<string[]> {
  const rows = completions.flatMap(({ item, target }) =>
    target
      ? [
          {
            subject_id: item.subjectId,
            subject_type: item.subjectType,
            remote_id: target.after.remoteId,
            origin: target.after.origin,
            state: target.after.state,
            written: target.after.written,
            leaving_since: target.after.leavingSince ?? null,
            config_version: item.configVersion,
          },
        ]
      : [],
  );
  const woken: string[] = [];
  if (rows.length > 0) {
    const arrived = completions.filter(
      ({ target }) => target && hasAccount(target.after) && !hasAccount(target.before),
    );
    const result = await client.query<{ subject_id: string }>({
      name: 'work.write-targets',
      text: `with written as (
               insert into hub.target_object as o (tenant_id, connection_id, subject_id, subject_type, remote_id, origin,
                 state, written, leaving_since, config_version)
               select $1, $2, g.* from jsonb_to_recordset($3::jsonb) as g(subject_id uuid, subject_type text,
                 remote_id text, origin text, state text, written jsonb, leaving_since timestamptz, config_version int)
               on conflict (tenant_id, connection_id, subject_id) do update set
                 remote_id = excluded.remote_id, origin = excluded.origin, state = excluded.state,
                 written = excluded.written, leaving_since = excluded.leaving_since,
                 kept = case when excluded.leaving_since is not null then o.kept end,
                 config_version = excluded.config_version, updated_at = now()),
             ${unpark('awaited', '$4')}
             ${wakeUnparked}`,
      values: [tenantId, connectionId, JSON.stringify(rows), arrived.map(({ item }) => item.subjectId)],
    });
    woken.push(...result.rows.map(({ subject_id }) => subject_id));
  }
  const gone = completions.flatMap((completion) => completion.gone ?? []);
  if (gone.length > 0) {
    await client.query(
      `update hub.target_object set state = 'absent', written = '{}', updated_at = now()
       where tenant_id = $1 and connection_id = $2 and subject_id = any($3::uuid[])`,
      [tenantId, connectionId, gone],
    );
    await client.query(
      `update hub.work_item set revision = revision + 1, state = 'due', due_at = now(), attempts = 0
       where tenant_id = $1 and connection_id = $2 and subject_id = any($3::uuid[])`,
      [tenantId, connectionId, gone],
    );
  }
  return woken;
}
