import { isObject } from '@rollcall/scim';
import type { Attributes, AttributeValue, RemoteObject } from '../../contract.js';

/** Memberships are not attributes: they are written and read by their own operations. */
const notAttributes = new Set(['schemas', 'id', 'meta', 'members', 'groups']);

/**
 * A resource as the target returned it, keyed by path so that it can be compared with what a mapping writes:
 * every attribute whole under its own name, singular sub-attributes as `name.givenName`, and for lists of
 * complex values the first element of each type as `emails[type eq "work"].value` and the primary one as
 * `emails[primary eq true].value`. Undefined when it has no id.
 */
export function readResource(resource: unknown): RemoteObject | undefined {
  if (!isObject(resource)) return undefined;
  const { id } = resource;
  if ((typeof id !== 'string' && typeof id !== 'number') || id === '') return undefined;
  const attributes: Attributes = {};
  for (const [name, value] of Object.entries(resource)) {
    if (notAttributes.has(name)) continue;
    if (name.toLowerCase().startsWith('urn:')) {
      if (isObject(value))
        for (const [inner, each] of Object.entries(value)) flatten(attributes, `${name}:${inner}`, each);
    } else {
      flatten(attributes, name, value);
    }
  }
  const object: RemoteObject = { id: String(id), attributes };
  const active = readActive(resource.active);
  if (active !== undefined) object.active = attributes.active = active;
  const etag = isObject(resource.meta) ? resource.meta.version : undefined;
  if (typeof etag === 'string') object.etag = etag;
  return object;
}

/** Undefined where the target leaves them out. */
export function readMembers(resource: unknown): RemoteObject['members'] {
  const list = isObject(resource) ? resource.members : undefined;
  if (!Array.isArray(list)) return undefined;
  return list.filter(isObject).flatMap(({ value, type, $ref }) => {
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const isGroup = typeof type === 'string' ? /^group$/i.test(type) : /\/Groups\//.test(String($ref));
    return [{ id: String(value), type: isGroup ? ('group' as const) : ('user' as const) }];
  });
}

function flatten(into: Attributes, name: string, value: unknown): void {
  if (value === null || value === undefined) return;
  into[name] = value as AttributeValue;
  if (isObject(value)) {
    for (const [sub, each] of Object.entries(value)) into[`${name}.${sub}`] = each as AttributeValue;
  } else if (Array.isArray(value)) {
    for (const element of value) {
      if (!isObject(element)) continue;
      if (typeof element.type === 'string') {
        flattenElement(into, `${name}[type eq ${JSON.stringify(element.type)}]`, element);
        flattenElement(into, `${name}[type eq ${JSON.stringify(element.type.toLowerCase())}]`, element);
      }
      if (element.primary === true) flattenElement(into, `${name}[primary eq true]`, element);
    }
  }
}

function flattenElement(into: Attributes, path: string, element: Record<string, unknown>): void {
  for (const [sub, value] of Object.entries(element)) {
    const key = `${path}.${sub}`;
    if (!(key in into)) into[key] = value as AttributeValue;
  }
}

/** Some apps answer with "True". */
function readActive(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return undefined;
}
