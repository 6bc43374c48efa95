import type { PoolClient } from 'pg';

/**
 * What failed when the target as a whole was failing was no fault of the subjects: their attempts count no longer,
 * and those given up in the last hour for nothing else are due again.
 */
export async function forgiveFaults(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
): Promise<void> {
  await client.query(
    `with faulty as (
       select subject_id from hub.work_item
       where tenant_id = $1 and connection_id = $2 and lease_owner is null
         and last_error->>'kind' = 'retry'
         and (state = 'retrying' or (state = 'dead' and due_at > now() - interval '1 hour'))
       order by subject_id for update)
     update hub.work_item w set state = 'due', due_at = now(), attempts = 0, revision = w.revision + 1
     from faulty where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = faulty.subject_id`,
    [tenantId, connectionId],
  );
}
