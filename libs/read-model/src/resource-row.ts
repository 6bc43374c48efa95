import type { GroupState, UserState } from '@rollcall/directory';
import type { ClientBase } from 'pg';

/** What the tables of users and of groups have in common: enough to make the state of either. */
export interface ResourceRow {
  id: string;
  version: number;
  resource: Record<string, unknown>;
  created_at: Date;
  last_modified: Date;
  deleted_at: Date | null;
}

export function toState(row: ResourceRow): UserState & GroupState {
  return {
    id: row.id,
    version: row.version,
    attributes: row.resource,
    deleted: row.deleted_at !== null,
    createdAt: row.created_at,
    lastModified: row.last_modified,
  };
}

export async function statesById(
  client: ClientBase,
  table: 'directory_user' | 'directory_group',
  tenantId: string,
  ids: string[],
): Promise<Map<string, UserState & GroupState>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<ResourceRow>({
    name: `read-model.${table}-by-id`,
    text: `select r.id, r.version, r.resource, r.created_at, r.last_modified, r.deleted_at
           from hub.${table} r where r.tenant_id = $1 and r.id = any($2::uuid[])`,
    values: [tenantId, ids],
  });
  return new Map(rows.map((row) => [row.id, toState(row)]));
}
