import type { ResourceType } from '@rollcall/scim';
import type { ClientBase } from 'pg';
import type { ResourceRow } from './resource-row.js';

export const tableOf: Record<ResourceType['name'], 'directory_user' | 'directory_group'> = {
  User: 'directory_user',
  Group: 'directory_group',
};

/**
 * Resources that have values under one of the URNs (lower case; they are stored in the spelling of whoever sent
 * them first), in the order of their ids, behind the given one.
 */
export async function holdersOf(
  client: Pick<ClientBase, 'query'>,
  tenantId: string,
  kind: ResourceType['name'],
  urns: string[],
  after: string,
  atMost: number,
): Promise<ResourceRow[]> {
  const { rows } = await client.query<ResourceRow>({
    name: `read-model.holders-in-${tableOf[kind]}`,
    text: `select r.id, r.version, r.resource, r.created_at, r.last_modified, r.deleted_at
           from hub.${tableOf[kind]} r where r.tenant_id = $1 and r.id > $3 and exists (
             select from jsonb_object_keys(r.resource) key where key like '%:%' and lower(key) = any($2::text[]))
           order by r.id limit $4`,
    values: [tenantId, urns, after, atMost],
  });
  return rows;
}
