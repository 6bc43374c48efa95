import { isObject } from '@rollcall/scim';
import type { Attributes, AttributeValue, RemoteObject, SubjectType } from '../../contract.js';
import { elementOf, groupValues, lists, objects, selectors } from './user-attributes.js';

type Resource = Record<string, unknown>;

/** A user or group as Google gives it, keyed by what a mapping writes. Undefined when it has no id. */
export function readObject(type: SubjectType, resource: unknown): RemoteObject | undefined {
  if (!isObject(resource) || typeof resource.id !== 'string' || resource.id === '') return undefined;
  const { id, etag } = resource;
  const told = { id, ...(typeof etag === 'string' && { etag }) };
  if (type === 'group') return { ...told, attributes: pick(resource, [...groupValues, 'aliases']) };
  const active = isActive(resource);
  return { ...told, active, attributes: { ...userAttributes(resource), active } };
}

/** An archived user cannot sign in either. */
const isActive = ({ suspended, archived }: Resource): boolean => suspended !== true && archived !== true;

const singles = [
  'primaryEmail',
  'orgUnitPath',
  'changePasswordAtNextLogin',
  'includeInGlobalAddressList',
  'ipWhitelisted',
  'recoveryEmail',
  'recoveryPhone',
  'archived',
  'suspensionReason',
  'isAdmin',
  'aliases',
];

function userAttributes(user: Resource): Attributes {
  const attributes = pick(user, singles);
  for (const [name, subs] of Object.entries(objects)) {
    const value = user[name];
    if (isObject(value))
      for (const [sub, each] of Object.entries(pick(value, subs))) attributes[`${name}.${sub}`] = each;
  }
  for (const name of Object.keys(lists)) {
    const value = user[name];
    if (!Array.isArray(value) || value.length === 0) continue;
    attributes[name] = value as AttributeValue;
    for (const element of value.filter(isObject)) readElement(attributes, name, element);
  }
  if (isObject(user.customSchemas)) readCustomSchemas(attributes, user.customSchemas);
  return attributes;
}

/** The first element of each type, and the primary one, by their parts. */
function readElement(into: Attributes, name: string, element: Resource): void {
  for (const where of selectors) {
    const is = element[where];
    if (is !== true && typeof is !== 'string') continue;
    for (const [sub, value] of Object.entries(pick(element, lists[name]!))) {
      into[`${elementOf(name, where, is)}.${sub}`] ??= value;
    }
  }
}

function readCustomSchemas(into: Attributes, schemas: Resource): void {
  for (const [schema, fields] of Object.entries(schemas)) {
    if (!isObject(fields)) continue;
    for (const [field, value] of Object.entries(fields))
      if (value !== null && value !== undefined)
        into[`customSchemas.${schema}.${field}`] = plainValues(value);
  }
}

/** A field of several values is a list of objects at Google, and a list of values in a mapping. */
function plainValues(value: unknown): AttributeValue {
  if (!Array.isArray(value)) return value as AttributeValue;
  return value.map(
    (each: unknown) => (isObject(each) && 'value' in each ? each.value : each) as AttributeValue,
  );
}

function pick(from: Resource, names: readonly string[]): Attributes {
  const picked: Attributes = {};
  for (const name of names) {
    const value = from[name];
    if (value !== null && value !== undefined) picked[name] = value as AttributeValue;
  }
  return picked;
}
