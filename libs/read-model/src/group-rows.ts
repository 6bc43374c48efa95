import { groupNameClaim, type GroupState } from '@rollcall/directory';
import type { ResourceType } from '@rollcall/scim';
import type { ClientBase } from 'pg';
import { searchDocument } from './search-document.js';

export async function upsertGroups(
  client: ClientBase,
  tenantId: string,
  groups: [GroupState, number][],
  type: ResourceType,
): Promise<void> {
  if (groups.length === 0) return;
  await client.query({
    name: 'read-model.upsert-groups',
    text: `insert into hub.directory_group as g (tenant_id, id, version, position, display_name, display_name_key,
             external_id, resource, search, created_at, last_modified, deleted_at)
           select $1, id, version, position, "displayName", "displayNameKey", "externalId", resource, search,
             "createdAt", "lastModified", "deletedAt"
           from jsonb_to_recordset($2) as r(id uuid, version int, position bigint, "displayName" text,
             "displayNameKey" text, "externalId" text, resource jsonb, search jsonb, "createdAt" timestamptz,
             "lastModified" timestamptz, "deletedAt" timestamptz)
           on conflict (tenant_id, id) do update set version = excluded.version, position = excluded.position,
             display_name = excluded.display_name, display_name_key = excluded.display_name_key,
             external_id = excluded.external_id, resource = excluded.resource, search = excluded.search,
             last_modified = excluded.last_modified, deleted_at = excluded.deleted_at
           where g.version < excluded.version`,
    values: [tenantId, JSON.stringify(groups.map((one) => toRow(one, type)))],
  });
}

function toRow([group, position]: [GroupState, number], type: ResourceType) {
  const { attributes } = group;
  return {
    id: group.id,
    version: group.version,
    position,
    displayName: attributes.displayName,
    displayNameKey: groupNameClaim(String(attributes.displayName)).key,
    externalId: attributes.externalId,
    resource: attributes,
    search: searchDocument(group, type),
    createdAt: group.createdAt,
    lastModified: group.lastModified,
    deletedAt: group.deleted ? group.lastModified : null,
  };
}
