import { isDeepStrictEqual } from 'node:util';
import { isObject } from '@rollcall/scim';
import type { AttributeChange, Attributes, AttributeValue } from '../../contract.js';
import { parseAttributePath, selectors, type AttributePath } from './user-attributes.js';
import type { GoogleSettings } from './settings.js';

export type Resource = Record<string, unknown>;

/** The body of users.insert. */
export function newUserBody(attributes: Attributes, disableBy: GoogleSettings['disableBy']): Resource {
  const changes = Object.entries(attributes).map(([attribute, value]): AttributeChange => ({
    op: 'set',
    attribute,
    value,
  }));
  return withoutNulls(changedUser({}, changes, disableBy));
}

/**
 * What users.patch has to be sent so that the changes are made: of a user that was read, only the top-level
 * attributes that differ. Lists are replaced whole by Google, so they are sent whole; null clears.
 */
export function userPatch(
  user: Resource | undefined,
  changes: AttributeChange[],
  disableBy: GoogleSettings['disableBy'],
): Resource {
  const next = changedUser(user ?? {}, changes, disableBy);
  if (!user) return next;
  const patch: Resource = {};
  for (const [name, value] of Object.entries(next))
    if (!isSame(value, writableOf(user, name))) patch[name] = value;
  return patch;
}

/** Whether a change can only be made knowing what is there. */
export const needsReading = (changes: AttributeChange[]): boolean =>
  changes.some((change) => {
    const path = parseAttributePath('user', change.attribute);
    const activates = change.attribute === 'active' && change.op === 'set' && change.value === true;
    return activates || path.kind === 'object' || path.kind === 'element' || path.kind === 'custom';
  });

/** The touched attributes as they are to be. */
function changedUser(
  user: Resource,
  changes: AttributeChange[],
  disableBy: GoogleSettings['disableBy'],
): Resource {
  const next: Resource = {};
  /** The touched attribute, copied from what is there at its first change. */
  const touch = (name: string): unknown => {
    if (!(name in next)) next[name] = structuredClone(writableOf(user, name)) ?? null;
    return next[name];
  };
  for (const change of changes) {
    const path = parseAttributePath('user', change.attribute);
    const value = change.op === 'unset' || isEmpty(change.value) ? null : change.value;
    switch (path.kind) {
      case 'single':
        if (path.attribute === 'active') Object.assign(next, activeBody(user, value !== false, disableBy));
        else next[path.attribute] = value;
        break;
      case 'list':
        next[path.attribute] = withoutOwnAddresses(path.attribute, value, user);
        break;
      case 'object': {
        const whole = touch(path.attribute);
        next[path.attribute] = { ...(isObject(whole) ? whole : {}), [path.sub]: value };
        break;
      }
      case 'custom': {
        const schemas = (next.customSchemas ?? {}) as Resource;
        const there = isObject(user.customSchemas) ? user.customSchemas[path.schema] : undefined;
        const fields = (schemas[path.schema] ?? there) as Resource | undefined;
        next.customSchemas = {
          ...schemas,
          [path.schema]: { ...fields, [path.field]: customValue(value) },
        };
        break;
      }
      case 'element': {
        const list = touch(path.attribute);
        const elements = changedElements(Array.isArray(list) ? list.filter(isObject) : [], path, value);
        next[path.attribute] = elements.length > 0 ? elements : null;
        break;
      }
      case 'aliases':
        break;
    }
  }
  return next;
}

/** A field of several values is a list of objects at Google. */
const customValue = (value: AttributeValue): AttributeValue =>
  Array.isArray(value) ? value.map((each) => (isObject(each) ? each : { value: each })) : value;

/** Enabling takes back whichever of the two keeps the user out. */
function activeBody(user: Resource, active: boolean, disableBy: GoogleSettings['disableBy']): Resource {
  if (!active) return disableBy === 'archive' ? { archived: true } : { suspended: true };
  const archived = user.archived === true || disableBy === 'archive';
  return { suspended: false, ...(archived && { archived: false }) };
}

function changedElements(
  elements: Resource[],
  { where, is, sub }: Extract<AttributePath, { kind: 'element' }>,
  value: AttributeValue,
): Resource[] {
  const at = elements.findIndex((element) => element[where] === is);
  const found = elements[at];
  if (value === null) {
    if (!found) return elements;
    const { [sub]: _, ...rest } = found;
    const empty = Object.keys(rest).every((name) => (selectors as readonly string[]).includes(name));
    return empty ? elements.toSpliced(at, 1) : elements.with(at, rest);
  }
  if (found) return elements.with(at, { ...found, [sub]: value });
  const custom = where === 'customType' ? { type: 'custom' } : {};
  return [...elements, { ...custom, [where]: is, [sub]: value }];
}

/** What of an attribute as it was read may be written back: Google adds to emails and name what it keeps itself. */
function writableOf(user: Resource, name: string): unknown {
  const value = user[name];
  if (name === 'name' && isObject(value)) {
    const { fullName: _, ...own } = value;
    return own;
  }
  if (name === 'customSchemas') return value ?? {};
  // Google leaves out what is false.
  if (name === 'suspended' || name === 'archived') return value ?? false;
  const writable = withoutOwnAddresses(name, value ?? null, user);
  return Array.isArray(writable) && writable.length === 0 ? null : writable;
}

function withoutOwnAddresses(name: string, value: unknown, user: Resource): unknown {
  if (name !== 'emails' || !Array.isArray(value)) return value;
  const own = new Set([user.primaryEmail, user.aliases, user.nonEditableAliases].flat());
  return value.filter((each) => !(isObject(each) && (each.primary === true || own.has(each.address))));
}

/** Nothing is the same as null; of custom schemas only those that are given count. */
function isSame(given: unknown, there: unknown): boolean {
  if (!isObject(given)) return isDeepStrictEqual(given, there);
  return Object.entries(given).every(([name, value]) => {
    const other = isObject(there) ? (there[name] ?? null) : null;
    return isSame(value, other);
  });
}

function withoutNulls(resource: Resource): Resource {
  const kept: Resource = {};
  for (const [name, value] of Object.entries(resource))
    if (value !== null) kept[name] = isObject(value) ? withoutNulls(value) : value;
  return kept;
}

const isEmpty = (value: AttributeValue): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);
