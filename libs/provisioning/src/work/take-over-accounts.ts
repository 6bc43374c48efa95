import type { PoolClient } from 'pg';
import type { Completion } from './completion.js';
import { dueAgain } from './wake-waiting.js';

/**
 * Moves what is known of a leaver's account to the user who has it now. Memberships were written for the
 * account, so they move with it and are looked at again: without that, taking the leaver out of a group would
 * later take the new user out. Answers the groups that are due.
 */
export async function takeOverAccounts(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<string[]> {
  const woken: string[] = [];
  for (const { item, takenFrom } of completions) {
    if (!takenFrom) continue;
    const values = [tenantId, connectionId, takenFrom, item.subjectId];
    await client.query(
      `update hub.target_object set state = 'absent', written = '{}', leaving_since = null, kept = null, updated_at = now()
       where tenant_id = $1 and connection_id = $2 and subject_id = $3`,
      values.slice(0, 3),
    );
    await client.query(
      `update hub.work_item w set ${dueAgain} where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = $3
         and w.state in ('held', 'denied')`,
      values.slice(0, 3),
    );
    await client.query(
      `with ended as (
         delete from hub.work_member where tenant_id = $1 and connection_id = $2 and member_id = $3),
       moved as (
         delete from hub.target_member where tenant_id = $1 and connection_id = $2 and member_id = $3
         returning group_id, member_type, remote_id)
       insert into hub.target_member (tenant_id, connection_id, group_id, member_id, member_type, remote_id)
       select $1, $2, group_id, $4, member_type, remote_id from moved on conflict do nothing`,
      values,
    );
    const { rows } = await client.query<{ subject_id: string }>(
      `with held as (
         insert into hub.work_member as m (tenant_id, connection_id, group_id, member_id, member_type)
         select tenant_id, connection_id, group_id, member_id, member_type from hub.target_member
         where tenant_id = $1 and connection_id = $2 and member_id = $3 order by group_id
         on conflict (tenant_id, connection_id, group_id, member_id) do update set
           revision = m.revision + 1, parked = false
         returning group_id)
       update hub.work_item w set ${dueAgain}
       where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id in (select group_id from held)
       returning w.subject_id`,
      [tenantId, connectionId, item.subjectId],
    );
    woken.push(...rows.map(({ subject_id }) => subject_id));
  }
  return woken;
}
