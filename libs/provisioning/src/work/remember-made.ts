import type { PoolClient } from 'pg';
import type { Completion } from './completion.js';

/** Has the next attempt know its own account again when it finds it. */
export async function rememberMade(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  lost: Completion[],
): Promise<void> {
  const made = lost.flatMap(({ item, made: own }) =>
    own ? [{ subject_id: item.subjectId, made: own }] : [],
  );
  if (made.length === 0) return;
  await client.query(
    `update hub.work_item w set made = g.made
     from jsonb_to_recordset($3::jsonb) as g(subject_id uuid, made jsonb)
     where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = g.subject_id`,
    [tenantId, connectionId, JSON.stringify(made)],
  );
}
