import { randomUUID } from 'node:crypto';
import { Database } from '@rollcall/platform';
import type { ClaimedItem } from './claim.js';

/**
 * Gives operations that make something their id before anything is sent: so a process that takes over from a killed
 * one sends the same id again, and knows that the object may be there.
 */
export async function nameOperations(
  database: Database,
  tenantId: string,
  connectionId: string,
  items: ClaimedItem[],
): Promise<void> {
  if (items.length === 0) return;
  for (const item of items) item.operationId = randomUUID();
  await database.query(
    {
      name: 'work.name-operations',
      text: `update hub.work_item w set operation_id = given.id
             from unnest($3::uuid[], $4::int[], $5::uuid[]) given(subject_id, owner, id)
             where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = any($3::uuid[])
               and w.subject_id = given.subject_id and w.lease_owner = given.owner`,
    },
    [
      tenantId,
      connectionId,
      items.map(({ subjectId }) => subjectId),
      items.map(({ owner }) => owner),
      items.map(({ operationId }) => operationId),
    ],
  );
}
