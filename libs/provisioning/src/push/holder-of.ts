import { Database } from '@rollcall/platform';
import type { Holder } from './attempt.js';

/** Who has an account already, beside the given subject. */
export async function holderOf(
  database: Database,
  tenantId: string,
  connectionId: string,
  { subjectType, subjectId }: { subjectType: 'user' | 'group'; subjectId: string },
  remoteId: string,
): Promise<Holder | undefined> {
  const [holder] = await database.query<Holder>(
    `select t.subject_id as "subjectId",
       u.deleted_at is not null and w.lease_owner is null and (w.state in ('idle', 'held', 'denied') or w.due_at > now()) as left
     from hub.target_object t
     left join hub.directory_user u on u.tenant_id = t.tenant_id and u.id = t.subject_id
     left join hub.work_item w on w.tenant_id = t.tenant_id and w.connection_id = t.connection_id
       and w.subject_id = t.subject_id
     where t.tenant_id = $1 and t.connection_id = $2 and t.subject_type = $3 and t.remote_id = $4
       and t.subject_id <> $5 and t.state in ('active', 'inactive')`,
    [tenantId, connectionId, subjectType, remoteId, subjectId],
  );
  return holder;
}
