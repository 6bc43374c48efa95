import type { Filter } from '../filter/filter.js';
import { isObject, type JsonObject } from '../json.js';
import type { Path } from '../path/parse-path.js';
import { parsePath } from '../path/parse-path.js';
import { readMembers, type MemberReference } from '../resource/read-members.js';
import type { Warning } from '../resource/warning.js';
import { groupType } from '../schema/resource-type.js';
import { resolveName } from '../schema/resolve-name.js';
import { badRequest } from '../scim-error.js';
import { isAttributeName } from '../filter/parse-filter.js';
import type { PatchOp } from './change.js';
import type { PatchOperation } from './parse-patch.js';

/** One change of a membership; `set` makes the ids the whole list. */
export type MemberOperation = { op: 'add' | 'remove' | 'set'; ids: MemberReference[] } | { op: 'clear' };

export interface GroupPatch {
  /** What concerns the group itself, for applyPatch. */
  header: PatchOperation[];
  /** In the order sent. */
  members: MemberOperation[];
  warnings: Warning[];
}

/**
 * Takes the member changes out of a group's operations, so that no member list is needed to apply them.
 * `client` "entra": replacing members with exactly one adds it, since Entra sends that once per new member
 * where the RFC would make it the only one. Throws ScimError 400 (invalidValue, invalidPath, mutability).
 */
export function splitGroupPatch(operations: PatchOperation[], { client }: { client: string }): GroupPatch {
  const patch: GroupPatch = { header: [], members: [], warnings: [] };
  const change = (op: PatchOp, path: Path, value: unknown) => {
    const found = memberChanges(op, path, value, client, patch.warnings);
    patch.members.push(...found);
  };
  for (const operation of operations) {
    const { op, path, value } = operation;
    if (path) {
      if (namesMembers(path.name)) change(op, path, value);
      else patch.header.push(operation);
      continue;
    }
    const header: JsonObject = {};
    for (const [key, content] of Object.entries(value as JsonObject)) {
      const keyPath = key.includes('[') || isAttributeName(key) ? parsePath(key) : undefined;
      if (keyPath && namesMembers(keyPath.name)) change(op, keyPath, content);
      else if (isCoreSchema(key) && isObject(content)) liftMembers(op, key, content, header, change);
      else header[key] = content;
    }
    if (Object.keys(header).length > 0) patch.header.push({ op, value: header });
  }
  return patch;
}

const isCoreSchema = (key: string) => key.toLowerCase() === groupType.schema.id.toLowerCase();

function liftMembers(
  op: PatchOp,
  urn: string,
  content: JsonObject,
  header: JsonObject,
  change: (op: PatchOp, path: Path, value: unknown) => void,
): void {
  const rest: JsonObject = {};
  for (const [key, value] of Object.entries(content)) {
    if (key.toLowerCase() === 'members') change(op, { name: 'members' }, value);
    else rest[key] = value;
  }
  if (Object.keys(rest).length > 0) header[urn] = rest;
}

function namesMembers(name: string): boolean {
  if (name === 'members') return true;
  if (!/members/i.test(name)) return false;
  const { urn, attribute } = resolveName(name, groupType);
  return urn === undefined && attribute?.name === 'members';
}

function memberChanges(
  op: PatchOp,
  path: Path,
  value: unknown,
  client: string,
  warnings: Warning[],
): MemberOperation[] {
  const sub = path.sub ?? /\.([^.:]+)$/.exec(path.name)?.[1];
  if (sub !== undefined && sub.toLowerCase() !== 'value') {
    warnings.push({
      path: `members.${sub}`,
      detail: `members.${sub} follows from the member and was not changed.`,
    });
    return [];
  }
  if (path.filter) return changesOfSelected(op, path.filter, value, warnings);
  switch (op) {
    case 'add':
      return [{ op: 'add', ids: readMembers(value, warnings) }];
    case 'remove':
      if (value !== undefined && value !== null) {
        warnings.push({
          path: 'members',
          detail:
            'Only the members that the remove named were removed, as Entra means it; the RFC removes all.',
        });
        return [{ op: 'remove', ids: readMembers(value, warnings) }];
      }
      warnings.push({ path: 'members', detail: 'All members were removed: the operation named none.' });
      return [{ op: 'clear' }];
    case 'replace': {
      const ids = readMembers(value, warnings);
      if (ids.length === 0) return [{ op: 'clear' }];
      if (client !== 'entra' || ids.length > 1) return [{ op: 'set', ids }];
      warnings.push({
        path: 'members',
        detail: 'Replacing the members with a single one was taken as adding it, as Entra means it.',
      });
      return [{ op: 'add', ids }];
    }
  }
}

/** `members[value eq "id"]`: the filter names ids, so it can be carried out without the list. */
function changesOfSelected(
  op: PatchOp,
  filter: Filter,
  value: unknown,
  warnings: Warning[],
): MemberOperation[] {
  const ids = selectedIds(filter);
  if (!ids) {
    throw badRequest(
      'invalidPath',
      'members can be selected by id only: members[value eq "id"], joined by "or".',
    );
  }
  const named = ids.map((id): MemberReference => ({ id }));
  if (op === 'remove' || value === null) return [{ op: 'remove', ids: named }];
  warnings.push({
    path: 'members',
    detail: 'The filter of the path was taken as the members that are meant.',
  });
  if (op === 'add') return [{ op: 'add', ids: named }];
  const replacements = isObject(value) && !('value' in value) ? named : readMembers(value, warnings);
  return [
    { op: 'remove', ids: named },
    { op: 'add', ids: replacements },
  ];
}

function selectedIds(filter: Filter): string[] | undefined {
  if (filter.kind === 'compare' && filter.op === 'eq' && filter.name.toLowerCase() === 'value') {
    return typeof filter.value === 'string' ? [filter.value] : undefined;
  }
  if (filter.kind !== 'or') return undefined;
  const parts = filter.operands.map(selectedIds);
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}
