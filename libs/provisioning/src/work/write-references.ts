import type { PoolClient } from 'pg';
import type { Completion } from './completion.js';
import { uuid } from './uuid.js';

export async function writeReferences(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<void> {
  const known = completions.filter(({ references, target }) => references && target?.before);
  if (known.length > 0) {
    await client.query({
      name: 'work.clear-references',
      text: `delete from hub.target_reference
             where tenant_id = $1 and connection_id = $2 and subject_id = any($3::uuid[])`,
      values: [tenantId, connectionId, known.map(({ item }) => item.subjectId)],
    });
  }
  const rows = completions.flatMap(({ item, references }) =>
    (references?.all ?? [])
      .filter((id) => uuid.test(id))
      .map((id) => ({
        subject_id: item.subjectId,
        referenced_id: id,
        parked: references!.parked.includes(id),
      })),
  );
  if (rows.length > 0) {
    await client.query({
      name: 'work.write-references',
      text: `insert into hub.target_reference (tenant_id, connection_id, subject_id, referenced_id, parked)
             select $1, $2, g.* from jsonb_to_recordset($3::jsonb)
               as g(subject_id uuid, referenced_id uuid, parked boolean)
             on conflict (tenant_id, connection_id, subject_id, referenced_id) do update set parked = excluded.parked`,
      values: [tenantId, connectionId, JSON.stringify(rows)],
    });
  }
}
