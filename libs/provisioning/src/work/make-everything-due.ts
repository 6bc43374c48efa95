import { Database } from '@rollcall/platform';
import { beginRun } from '../runs/begin-run.js';
import { differingMembers, effectiveMembers } from '../membership/nested-groups.js';
import { dueOnConflict } from './due-on-conflict.js';

const groupsThere = `select subject_id from hub.target_object where tenant_id = $1 and connection_id = $2
  and subject_type = 'group' and state = 'active'`;

/**
 * Makes every subject of a connection due: it was enabled, or what it writes where and for whom has changed.
 * The change must be committed before: only then does dispatch see every event this statement does not. What was
 * not due already belongs to a run, which can be watched, paused and cancelled.
 */
export async function makeEverythingDue(
  database: Database,
  tenantId: string,
  connectionId: string,
): Promise<void> {
  const [connection] = await database.query<{ requested: number; effective: boolean }>(
    `select resync_requested as requested, ${effectiveMembers} as effective from hub.connection c
     where tenant_id = $1 and id = $2`,
    [tenantId, connectionId],
  );
  if (!connection) return;
  await database.transaction(async (client) => {
    await client.query(
      `insert into hub.work_item as w (tenant_id, connection_id, subject_id, subject_type, wanted, run,
         run_revision)
       select $1, $2, s.id, s.type, s.position, $3::int, 1 from (
         select id, 'user' as type, position from hub.directory_user where tenant_id = $1 and deleted_at is null
         union all
         select id, 'group', position from hub.directory_group where tenant_id = $1 and deleted_at is null
         union all
         select t.subject_id, t.subject_type, 0 from hub.target_object t
           left join hub.directory_user u on u.tenant_id = t.tenant_id and u.id = t.subject_id and u.deleted_at is null
           left join hub.directory_group g on g.tenant_id = t.tenant_id and g.id = t.subject_id and g.deleted_at is null
           where t.tenant_id = $1 and t.connection_id = $2 and t.state in ('active', 'inactive')
             and u.id is null and g.id is null
       ) s order by s.id ${dueOnConflict},
         run = case when w.state not in ('due', 'retrying') or w.revision = w.run_revision then excluded.run end,
         run_revision = w.revision + 1`,
      [tenantId, connectionId, connection.requested],
    );
    await client.query(
      `insert into hub.work_member as m (tenant_id, connection_id, group_id, member_id, member_type)
       select $1, $2, d.group_id, d.member_id, d.member_type from (${differingMembers(groupsThere, connection.effective)}) d order by group_id, member_id
       on conflict (tenant_id, connection_id, group_id, member_id) do update set
         revision = m.revision + 1, parked = false`,
      [tenantId, connectionId],
    );
    await beginRun(client, tenantId, connectionId, connection.requested);
    await client.query(
      `update hub.connection set resync_done = greatest(resync_done, $3) where tenant_id = $1 and id = $2`,
      [tenantId, connectionId, connection.requested],
    );
  });
}
