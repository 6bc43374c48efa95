import { Database } from '@rollcall/platform';

/** The target's ids of the members the hub has written to a group there. */
export async function writtenMembers(
  database: Database,
  tenantId: string,
  connectionId: string,
  groupId: string,
): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `select remote_id as id from hub.target_member where tenant_id = $1 and connection_id = $2 and group_id = $3`,
    [tenantId, connectionId, groupId],
  );
  return rows.map(({ id }) => id);
}
