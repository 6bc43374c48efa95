import { Database } from '@rollcall/platform';
import { searchDocument } from '@rollcall/read-model';
import { applyPatch, type Attributes, parsePatch, patchOpUrn, type ResourceType } from '@rollcall/scim';
import { sourceAttribute } from '../mapping/source-attribute.js';
import { groupsAbove } from '../membership/nested-groups.js';
import type { Configuration, UserState } from '../plan/plan.js';

/** How a user would be otherwise. */
export interface WhatIf {
  /** Hub ids of groups. */
  joinsGroups?: string[];
  leavesGroups?: string[];
  /** By SCIM path, e.g. "title", "name.familyName"; null: there is no value. */
  set?: Record<string, unknown>;
  active?: boolean;
  deleted?: boolean;
}

export interface Changed {
  user: UserState;
  /** Groups, with those above them, the user would come into and go out of. */
  joined: string[];
  left: string[];
}

/** Throws ScimError for an attribute or value that cannot be. */
export async function userAsIf(
  database: Database,
  tenantId: string,
  user: UserState,
  { joinsGroups = [], leavesGroups = [], set = {}, active, deleted }: WhatIf,
  configuration: Configuration,
  now: Date,
): Promise<Changed> {
  const { id: _id, ...attributes } = user.resource;
  const next = withValues(
    attributes,
    { ...set, ...(active !== undefined && { active }) },
    configuration.users.type,
  );
  const before = await directGroups(database, tenantId, user.id);
  const after = new Set([...before.filter((id) => !leavesGroups.includes(id)), ...joinsGroups]);
  const [within, wouldBe] = [
    await withGroupsAbove(database, tenantId, before),
    await withGroupsAbove(database, tenantId, [...after]),
  ];
  const scopeGroups = configuration.scope.users.groups ?? new Set<string>();
  return {
    user: {
      ...user,
      active: typeof next.active === 'boolean' ? next.active : user.active,
      ...(deleted && { deletedAt: now }),
      resource: { ...next, id: user.id },
      search: searchDocument(
        {
          id: user.id,
          attributes: next,
          version: 1,
          active: user.active,
          deleted: false,
          createdAt: now,
          lastModified: now,
        } as never,
        configuration.users.type,
      ),
      memberOf: [...wouldBe].filter((id) => scopeGroups.has(id)),
    },
    joined: [...wouldBe].filter((id) => !within.has(id)),
    left: [...within].filter((id) => deleted || !wouldBe.has(id)),
  };
}

function withValues(attributes: Attributes, set: Record<string, unknown>, type: ResourceType): Attributes {
  const entries = Object.entries(set);
  if (entries.length === 0) return attributes;
  for (const [path] of entries) sourceAttribute(path, type);
  const operations = entries.map(([path, value]) =>
    value === null ? { op: 'remove', path } : { op: 'replace', path, value },
  );
  return applyPatch(attributes, parsePatch({ schemas: [patchOpUrn], Operations: operations }), type)
    .attributes;
}

async function directGroups(database: Database, tenantId: string, userId: string): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    'select group_id as id from hub.directory_member where tenant_id = $1 and member_id = $2',
    [tenantId, userId],
  );
  return rows.map(({ id }) => id);
}

async function withGroupsAbove(database: Database, tenantId: string, ids: string[]): Promise<Set<string>> {
  const rows = await database.query<{ id: string }>(
    `with recursive ${groupsAbove('above', 'select unnest($2::uuid[])')} select distinct above as id from above`,
    [tenantId, ids],
  );
  return new Set(rows.map(({ id }) => id));
}
