import { enterpriseUserSchema, groupSchema, isObject, userSchema } from '@rollcall/scim';
import type { Resource } from './assemble-resource.js';
import type { Scim2Settings } from './settings.js';

export type DialectSettings = Pick<
  Scim2Settings,
  'protocol' | 'enterpriseUrn' | 'booleans' | 'roles' | 'singleValued'
>;

const core11 = 'urn:scim:schemas:core:1.0';

/** A resource, or the value of one of its attributes, as the app spells it. */
export function toWire(value: unknown, settings: DialectSettings, attribute?: string): unknown {
  if (typeof value === 'boolean' && settings.booleans === 'text') return value ? 'True' : 'False';
  if (Array.isArray(value)) {
    if (attribute === 'schemas') return value.map((urn) => wireUrn(String(urn), settings));
    if (attribute === 'roles' && settings.roles === 'texts')
      return value.map((role) => (isObject(role) ? (role.value ?? role.display) : role));
    const list: unknown[] =
      attribute !== undefined && settings.singleValued.includes(attribute) ? chosen(value) : value;
    return list.map((each) => toWire(each, settings));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [wireUrn(name, settings), toWire(each, settings, name)]),
  );
}

/** What the app sent, with the URNs and shapes the rest of the hub knows. */
export function fromWire(body: unknown, settings: DialectSettings): unknown {
  if (!isObject(body)) return body;
  const list = body.Resources;
  if (Array.isArray(list)) return { ...body, Resources: list.map((each) => fromWire(each, settings)) };
  const resource: Resource = {};
  for (const [name, value] of Object.entries(body)) {
    const canonical = sameUrn(name, settings.enterpriseUrn) ? enterpriseUserSchema.id : name;
    resource[canonical] =
      name === 'roles' && Array.isArray(value)
        ? value.map((role: unknown) => (typeof role === 'string' ? { value: role } : role))
        : value;
  }
  return resource;
}

/** A path or the name of an attribute with the app's URNs in it. */
export const wirePath = (path: string, settings: DialectSettings): string =>
  path.toLowerCase().startsWith(`${enterpriseUserSchema.id.toLowerCase()}:`)
    ? settings.enterpriseUrn + path.slice(enterpriseUserSchema.id.length)
    : path;

function wireUrn(urn: string, settings: DialectSettings): string {
  if (sameUrn(urn, enterpriseUserSchema.id)) return settings.enterpriseUrn;
  if (settings.protocol === '1.1' && (urn === userSchema.id || urn === groupSchema.id)) return core11;
  return urn;
}

const sameUrn = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The primary value, else the one for work, else the first. */
function chosen(list: unknown[]): unknown[] {
  const elements = list.filter(isObject);
  const one =
    elements.find(({ primary }) => primary === true) ??
    elements.find(({ type }) => typeof type === 'string' && type.toLowerCase() === 'work') ??
    list[0];
  return one === undefined ? [] : [one];
}
