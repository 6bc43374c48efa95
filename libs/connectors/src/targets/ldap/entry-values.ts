import type { Entry } from 'ldapts';
import type { Attributes, AttributeValue, RemoteObject, SubjectType } from '../../contract.js';
import { readActive } from './active-state.js';
import { textsOf, valuesOf } from './server-link.js';
import { binaryAttributes } from './session.js';
import { memberAttributeOf, type LdapSettings } from './settings.js';

const secret =
  /^(userPassword|authPassword|sambaNTPassword|sambaLMPassword|krbPrincipalKey|pwdHistory|ipaNTHash)(;|$)/i;
const binary = new Set(binaryAttributes.map((name) => name.toLowerCase()));

/** An entry in the terms of the contract: one value alone, several as a list, bytes in base64. Undefined: without id. */
export function readEntry(
  type: SubjectType,
  entry: Entry,
  settings: LdapSettings,
  now: number,
): RemoteObject | undefined {
  const [id] = textsOf(entry, 'entryUUID');
  if (id === undefined) return undefined;
  const members = memberAttributeOf[settings.groupObjectClass].attribute.toLowerCase();
  const attributes: Attributes = {};
  for (const name of Object.keys(entry)) {
    if (name === 'dn' || name === '*' || name === '+' || secret.test(name)) continue;
    if (type === 'group' && name.toLowerCase() === members) continue;
    const values = valuesOf(entry, name).map((value) =>
      Buffer.isBuffer(value) ? value.toString('base64') : value,
    );
    if (values.length > 0) attributes[name] = values.length === 1 ? values[0]! : values;
  }
  attributes.dn = entry.dn;
  if (type !== 'user') return { id, attributes };
  const active = readActive(entry, settings, now);
  if (active === undefined) return { id, attributes };
  return { id, attributes: { ...attributes, active }, active };
}

/** What of an entry is asked for. Of groups everything but the members, of which there may be very many. */
export function attributesAskedFor(type: SubjectType, groupAttributes: string[]): string[] {
  return type === 'user'
    ? ['*', 'entryUUID', 'memberOf', 'pwdAccountLockedTime', 'nsAccountLock']
    : [...groupAttributes, 'entryUUID', 'objectClass'];
}

/** Values as they go over the wire (RFC 4517). Undefined: an object, which no attribute can hold. */
export function wireValues(
  attribute: string,
  value: AttributeValue,
  bytes: Set<string> = binary,
): (string | Buffer)[] | undefined {
  if (value === null) return [];
  const values: (string | Buffer)[] = [];
  for (const each of Array.isArray(value) ? value : [value]) {
    if (each === null || each === '') continue;
    if (typeof each === 'object') return undefined;
    if (typeof each === 'boolean') values.push(each ? 'TRUE' : 'FALSE');
    else if (bytes.has(attribute.toLowerCase())) values.push(Buffer.from(String(each), 'base64'));
    else values.push(String(each));
  }
  return values;
}

/** Attributes that hold names of other entries: a mapping gives the ids of these. */
export const nameAttributes = new Set(['manager', 'secretary', 'owner', 'seealso', 'roleoccupant']);

export const isId = (value: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value);

const forbidden: Record<string, string> = {
  objectclass: 'is set by the object classes in the settings of the connection. Remove the line.',
  memberof: 'is kept by the server from the members of groups. Remove the line.',
  entryuuid: 'is given by the server. Remove the line.',
  dn: 'follows from the naming attribute. Map that one.',
  member: 'is kept from the members of the group by itself. Remove the line.',
  uniquemember: 'is kept from the members of the group by itself. Remove the line.',
  memberuid: 'is kept from the members of the group by itself. Remove the line.',
  pwdaccountlockedtime: 'is set by mapping to "active". Map the source "active" to active.',
};

/** What is wrong with a target attribute of a mapping, in words. */
export function checkAttribute(type: SubjectType, attribute: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9-]*(;[A-Za-z0-9-]+)*$/.test(attribute))
    return `${attribute} is not the name of an LDAP attribute, such as givenName: letters, digits and hyphens.`;
  const why = forbidden[attribute.toLowerCase()];
  if (why !== undefined) return `${attribute} ${why}`;
  if (type === 'group' && attribute === 'active')
    return 'Groups cannot be active or inactive. Remove the line.';
  return undefined;
}
