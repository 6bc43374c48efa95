import { userNameClaim, type UserState } from '@rollcall/directory';
import type { ResourceType } from '@rollcall/scim';
import type { ClientBase } from 'pg';
import { searchDocument } from './search-document.js';

/** One statement for the whole batch. A row never goes back to an older version. */
export async function upsertUsers(
  client: ClientBase,
  tenantId: string,
  users: [UserState, number][],
  type: ResourceType,
): Promise<void> {
  if (users.length === 0) return;
  await client.query({
    name: 'read-model.upsert-users',
    text: `insert into hub.directory_user as u (tenant_id, id, version, position, user_name, user_name_key,
             external_id, display_name, active, resource, search, created_at, last_modified, deleted_at)
           select $1, id, version, position, "userName", "userNameKey", "externalId", "displayName", active,
             resource, search, "createdAt", "lastModified", "deletedAt"
           from jsonb_to_recordset($2) as r(id uuid, version int, position bigint, "userName" text,
             "userNameKey" text, "externalId" text, "displayName" text, active boolean, resource jsonb, search jsonb,
             "createdAt" timestamptz, "lastModified" timestamptz, "deletedAt" timestamptz)
           on conflict (tenant_id, id) do update set version = excluded.version, position = excluded.position,
             user_name = excluded.user_name, user_name_key = excluded.user_name_key,
             external_id = excluded.external_id, display_name = excluded.display_name, active = excluded.active,
             resource = excluded.resource, search = excluded.search, last_modified = excluded.last_modified,
             deleted_at = excluded.deleted_at
           where u.version < excluded.version`,
    values: [tenantId, JSON.stringify(users.map((one) => toRow(one, type)))],
  });
}

function toRow([user, position]: [UserState, number], type: ResourceType) {
  const { attributes } = user;
  return {
    id: user.id,
    version: user.version,
    position,
    userName: attributes.userName,
    userNameKey: userNameClaim(String(attributes.userName)).key,
    externalId: attributes.externalId,
    displayName: attributes.displayName,
    active: attributes.active !== false,
    resource: attributes,
    search: searchDocument(user, type),
    createdAt: user.createdAt,
    lastModified: user.lastModified,
    deletedAt: user.deleted ? user.lastModified : null,
  };
}
