import type { Mappings } from '@rollcall/connectors';
import { Database } from '@rollcall/platform';
import { isObject } from '@rollcall/scim';
import type { PolicyInput } from '../plan/policy.js';
import { type Scope, scopeByType, type TypeScope } from '../scope/scope.js';
import type { ConnectionEntity } from './connection.entity.js';
import { type FieldError, InvalidConnection } from './connection.errors.js';

export const documentFormat = 'rollcall/connection';
export const documentVersion = 1;

/** A connection's configuration as a file: everything but its credentials. */
export interface ConnectionDocument {
  format: typeof documentFormat;
  formatVersion: number;
  name: string;
  connector: string;
  settings: Record<string, unknown>;
  /** Always written out, so that another hub does the same with it. */
  mappings: Mappings;
  /** Groups by id and name: elsewhere the name is what they have in common. */
  scope: Omit<Scope, 'groups' | 'users'> & {
    groups?: NamedGroup[] | NamedScope;
    users?: NamedScope;
  };
  policy: PolicyInput;
}

interface NamedGroup {
  id: string;
  displayName?: string;
}

type NamedScope = Omit<TypeScope, 'groups'> & { groups?: NamedGroup[] };

interface GroupName {
  id: string;
  displayName: string;
}

export async function writeDocument(
  database: Database,
  row: ConnectionEntity,
  defaultMappings: Mappings,
): Promise<ConnectionDocument> {
  const { name, connector, settings, mappings, policy, scope } = row;
  const byType = scopeByType(scope);
  const ids = [...(byType.users.groups ?? []), ...(byType.groups.groups ?? [])];
  const names = new Map(
    ids.length === 0
      ? []
      : (await groupsWith(database, row.tenantId, ids, [])).map(({ id, displayName }) => [id, displayName]),
  );
  const named = (id: string): NamedGroup => {
    const displayName = names.get(id);
    return { id, ...(displayName !== undefined && { displayName }) };
  };
  return {
    format: documentFormat,
    formatVersion: documentVersion,
    name,
    connector,
    settings,
    mappings: mappings ?? defaultMappings,
    scope: withGroups(scope, (groups) => groups.map(named)) as ConnectionDocument['scope'],
    policy,
  };
}

/** The scope with each of its lists of groups replaced. */
function withGroups(
  scope: object,
  change: (groups: never[], field: string) => unknown,
): Record<string, unknown> {
  const { groups, users, ...rest } = scope as Record<string, unknown>;
  const list = (given: unknown, field: string) =>
    change((Array.isArray(given) ? given : [given]) as never[], field);
  const part = (given: unknown, field: string) =>
    isObject(given) && given.groups !== undefined
      ? { ...given, groups: list(given.groups, `${field}.groups`) }
      : given;
  const listed = Array.isArray(groups) || !isObject(groups);
  return {
    ...rest,
    ...(users !== undefined && { users: part(users, 'scope.users') }),
    ...(groups !== undefined && {
      groups: listed ? list(groups, 'scope.groups') : part(groups, 'scope.groups'),
    }),
  };
}

const parts = ['name', 'connector', 'settings', 'mappings', 'scope', 'policy'] as const;

export interface ReadDocument {
  name: string;
  connector: string;
  settings: Record<string, unknown>;
  mappings: Mappings;
  scope: Scope;
  policy: PolicyInput;
}

/**
 * Throws InvalidConnection for what is no such document. What the parts hold is checked when they are saved.
 * Groups of the scope are looked for by id and then by name.
 */
export async function readDocument(
  database: Database,
  tenantId: string,
  document: Record<string, unknown>,
): Promise<ReadDocument> {
  const errors: FieldError[] = [];
  const { format, formatVersion } = document;
  if (format !== documentFormat) {
    errors.push({
      field: 'format',
      message: `must be "${documentFormat}": give a file made by GET connections/{id}/export.`,
    });
  } else if (formatVersion !== documentVersion) {
    errors.push({
      field: 'formatVersion',
      message: `must be ${documentVersion}: this hub reads no other. A file of a newer hub needs that hub.`,
    });
  }
  for (const part of parts) {
    const given = document[part];
    const fits = part === 'name' || part === 'connector' ? typeof given === 'string' : isObject(given);
    if (!fits)
      errors.push({ field: part, message: 'is missing, or is not what an exported file has there.' });
  }
  if (errors.length > 0) throw new InvalidConnection(errors);
  const { scope, ...rest } = document as unknown as ConnectionDocument;
  const { name, connector, settings, mappings, policy } = rest;
  return { name, connector, settings, mappings, policy, scope: await readScope(database, tenantId, scope) };
}

async function readScope(
  database: Database,
  tenantId: string,
  scope: ConnectionDocument['scope'],
): Promise<Scope> {
  const given: { id: unknown; displayName: unknown }[] = [];
  withGroups(scope, (groups) => given.push(...groups.map(groupGiven)));
  if (given.length === 0) return scope as Scope;
  const text = (value: unknown) => (typeof value === 'string' ? [value] : []);
  const found = await groupsWith(
    database,
    tenantId,
    given.flatMap(({ id }) => text(id)),
    given.flatMap(({ displayName }) => text(displayName)),
  );
  const errors: FieldError[] = [];
  const read = withGroups(scope, (groups, field) => [
    ...new Set(groups.flatMap((group, at) => groupMeant(groupGiven(group), found, `${field}.${at}`, errors))),
  ]);
  if (errors.length > 0) throw new InvalidConnection(errors);
  return read as Scope;
}

function groupGiven(given: unknown): { id: unknown; displayName: unknown } {
  if (isObject(given)) return { id: given.id, displayName: given.displayName };
  return { id: given, displayName: undefined };
}

function groupMeant(
  { id, displayName }: { id: unknown; displayName: unknown },
  found: GroupName[],
  field: string,
  errors: FieldError[],
): string[] {
  const byId = found.find((group) => group.id === id);
  const name = typeof displayName === 'string' ? displayName.toLowerCase() : undefined;
  const byName = found.filter((group) => group.displayName.toLowerCase() === name);
  if (byId) return [byId.id];
  if (byName.length === 1) return [byName[0]!.id];
  const shown = typeof displayName === 'string' ? `"${displayName}"` : String(id);
  const message =
    byName.length === 0
      ? `There is no group ${shown} here. Bring it in first, or take it out of the file.`
      : `There are ${byName.length} groups ${shown} here. Give the id of the one that is meant.`;
  errors.push({ field, message });
  return [];
}

async function groupsWith(
  database: Database,
  tenantId: string,
  ids: string[],
  names: string[],
): Promise<GroupName[]> {
  return database.query<GroupName>(
    `select id, display_name as "displayName" from hub.directory_group
     where tenant_id = $1 and deleted_at is null and (id::text = any($2) or lower(display_name) = any($3))`,
    [tenantId, ids, names.map((name) => name.toLowerCase())],
  );
}
