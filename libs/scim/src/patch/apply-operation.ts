import { isAttributeName } from '../filter/parse-filter.js';
import { isObject, sameJson, type JsonObject } from '../json.js';
import { noteFilterValues } from '../filter/note-filter-values.js';
import { noteSpelling } from '../path/note-spelling.js';
import { parsePath, type Path } from '../path/parse-path.js';
import { checkedName, readUnknown, readValue, unknownAttribute } from '../resource/read-value.js';
import { notKept } from '../resource/not-kept.js';
import { excerpt, noteCase, type Warning } from '../resource/warning.js';
import { findAttribute, type Attribute, type ResourceType } from '../schema/resource-type.js';
import { resolveName, untypedAttribute, type ResolvedName } from '../schema/resolve-name.js';
import { badRequest, describeValue } from '../scim-error.js';
import type { Change, PatchOp } from './change.js';
import type { Draft } from './draft.js';
import { nextMany } from './next-many.js';
import { nextSingle } from './next-single.js';

interface Work {
  draft: Draft;
  type: ResourceType;
  warnings: Warning[];
}

/**
 * An object of attributes as a path-less operation brings it: keys may be names, dotted names, full URN names,
 * paths with a filter, or URNs with an object. Only what is named changes. Read-only attributes are ignored
 * here, since clients send back what they have read.
 */
export function applyObject(work: Work, op: PatchOp, object: JsonObject): void {
  for (const key of Object.keys(object)) applyKey(work, op, key, object[key]);
}

export function applyKey(work: Work, op: PatchOp, key: string, value: unknown): void {
  if (key.includes('[') || isAttributeName(key)) {
    const path = parsePath(key);
    noteKey(work, key, path);
    applyPath(work, op, path, value, 'ignore read-only');
    return;
  }
  checkedName(key, '');
  const read = readUnknown(value, key);
  if (read !== undefined) work.warnings.push(unknownAttribute(key));
  work.draft.set({ urn: undefined, name: key }, read);
}

/** Keys are names; Entra's are paths as well. */
function noteKey({ type, warnings }: Work, key: string, path: Path): void {
  const { attribute, sub } = resolveName(path.name, type);
  if (!path.filter && !sub && !(attribute && key.includes(':'))) return;
  warnings.push({ path: excerpt(key), detail: `The key ${excerpt(key)} was read as a path.` });
}

export function applyPath(
  work: Work,
  op: PatchOp,
  path: Path,
  value: unknown,
  readOnly: 'ignore read-only' | 'refuse read-only',
): void {
  const name = resolveName(path.name, work.type);
  noteSpelling(path.name, name, work.type, work.warnings);
  if (!name.attribute) {
    if (path.filter)
      throw badRequest('invalidPath', `${path.name} is a schema; a filter needs an attribute of it.`);
    applySchema(work, op, name, value, readOnly);
    return;
  }
  const { attribute } = name;
  const sub = path.sub === undefined ? name.sub : subAttribute(attribute, path.sub);
  if (path.sub !== undefined && sub) noteCase(path.sub, sub.name, sub.path, work.warnings);
  if (path.filter) noteFilterValues(path.filter, attribute, work.warnings);
  checkShape(path, attribute, name.sub, sub);
  if (attribute.name === 'schemas' && name.urn === undefined) return;
  if (attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly') {
    if (readOnly === 'ignore read-only') {
      const { path: ignored } = sub ?? attribute;
      work.warnings.push({ path: ignored, detail: `${ignored} is read-only and was not changed.` });
      return;
    }
    throw badRequest(
      'mutability',
      `${(sub ?? attribute).path} is read-only and cannot be changed. Leave it out.`,
    );
  }
  if (attribute.returned === 'never') {
    if (op !== 'remove') readValue(value, attribute, work.warnings);
    work.warnings.push(notKept(attribute.path));
    return;
  }
  const unknown = sub?.type === 'any' ? sub : attribute;
  if (unknown.type === 'any' && op !== 'remove')
    work.warnings.push(unknownAttribute(unknown.path, work.type.custom));
  write(work, name.urn, { op, attribute, filter: path.filter, sub, value, warnings: work.warnings });
}

function write({ draft }: Work, urn: string | undefined, change: Change): void {
  const { attribute, filter } = change;
  const place = { urn, name: attribute.name };
  const before = draft.get(place);
  const many =
    attribute.multiValued || (attribute.type === 'any' && (filter !== undefined || Array.isArray(before)));
  const after = many ? nextMany(before, change) : nextSingle(before, change);
  if (attribute.mutability === 'immutable' && before !== undefined && !sameJson(after, before)) {
    throw badRequest(
      'mutability',
      `${attribute.path} cannot be changed once it has a value. Leave it out, or create the resource anew.`,
    );
  }
  draft.set(place, after);
}

/** The path is a schema's URN alone: its attributes are meant. */
function applySchema(
  work: Work,
  op: PatchOp,
  name: ResolvedName,
  value: unknown,
  readOnly: 'ignore read-only' | 'refuse read-only',
): void {
  const { urn } = name;
  if (op === 'remove' || value === null) {
    if (urn === undefined)
      throw badRequest('noTarget', 'The core schema cannot be removed; name an attribute of it.');
    work.draft.dropExtension(urn);
    return;
  }
  if (!isObject(value)) {
    throw badRequest(
      'invalidValue',
      `${urn ?? work.type.schema.id}: expected an object, got ${describeValue(value)}.`,
    );
  }
  if (urn === undefined) {
    const detail = 'Attributes of the core schema came under its URN; they stand beside the others.';
    work.warnings.push({ path: work.type.schema.id, detail });
  }
  for (const key of Object.keys(value)) {
    const full = `${urn ?? work.type.schema.id}:${key}`;
    if (key.includes('[') || isAttributeName(full)) {
      applyPath(work, op, parsePath(full), value[key], readOnly);
    } else {
      checkedName(key, urn ?? '');
      const read = readUnknown(value[key], full);
      if (read !== undefined) work.warnings.push(unknownAttribute(full));
      work.draft.set({ urn, name: key }, read);
    }
  }
}

function subAttribute(attribute: Attribute, name: string): Attribute {
  return (
    (attribute.subs && findAttribute(attribute.subs, name)) ??
    untypedAttribute(name, `${attribute.path}.${name}`)
  );
}

function checkShape(
  path: Path,
  attribute: Attribute,
  named: Attribute | undefined,
  sub: Attribute | undefined,
): void {
  const plain = attribute.type !== 'complex' && attribute.type !== 'any';
  if (sub && plain)
    throw badRequest('invalidPath', `${attribute.path} has no sub-attributes, so not ${sub.name}.`);
  if (path.filter && named) {
    throw badRequest(
      'invalidPath',
      `${named.path} is a sub-attribute; a filter stands behind the attribute itself.`,
    );
  }
  if (path.filter && plain && !attribute.multiValued) {
    throw badRequest('invalidPath', `${attribute.path} is a single value, so no filter can select from it.`);
  }
  if (sub?.name.includes('.')) {
    throw badRequest('invalidPath', `${sub.path} goes deeper than a sub-attribute.`);
  }
}
