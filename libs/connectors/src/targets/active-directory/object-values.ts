import type { Entry } from 'ldapts';
import type { Attributes, Refusal, RemoteObject, SubjectType } from '../../contract.js';
import { splitName } from '../ldap/distinguished-name.js';
import { textsOf, valuesOf } from '../ldap/server-link.js';
import { flagNames, readFlags } from './account-control.js';
import { readFileTime } from './file-time.js';
import { guidText } from './guid.js';

/** Names of the mapping that stand for something else than an attribute of the schema. */
export const parentName = 'parentDistinguishedName';
export const passwordName = 'unicodePwd';

export const noParent = (parent: string): Refusal => ({
  kind: 'rejected',
  code: 'no-base',
  attribute: parentName,
  message: `There is no ${parent}, or the service account may not see it.`,
  remedy: `Create the OU, or correct the settings or the mapping to ${parentName}.`,
});

/** Attributes that hold names of other objects: a mapping gives the ids of these. */
export const nameAttributes = new Set(['manager', 'secretary', 'assistant', 'managedby', 'seealso']);

const leftOut = /^(dn|\*|\+|objectGUID|member|memberOf|dSCorePropagationData|unicodePwd|.*;range=.*)$/i;

/** An entry in the terms of the contract: one value alone, several as a list, bytes in base64. Undefined: without id. */
export function readObject(type: SubjectType, entry: Entry): RemoteObject | undefined {
  const [id] = valuesOf(entry, 'objectGUID');
  if (!Buffer.isBuffer(id)) return undefined;
  const attributes: Attributes = {};
  for (const name of Object.keys(entry)) {
    if (leftOut.test(name)) continue;
    const values = valuesOf(entry, name).map((value) => textOf(name, value));
    if (values.length > 0) attributes[name] = values.length === 1 ? values[0]! : values;
  }
  attributes[parentName] = splitName(entry.dn).parent;
  const object = { id: guidText(id), attributes };
  if (type === 'group') return object;
  const [expires] = textsOf(entry, 'accountExpires');
  const date = expires === undefined ? undefined : readFileTime(expires);
  if (date === undefined) delete attributes.accountExpires;
  else attributes.accountExpires = date;
  const [control] = textsOf(entry, 'userAccountControl');
  // Whoever may not read it sees neither an enabled account nor a disabled one.
  if (control === undefined) return object;
  const flags = readFlags(Number(control));
  return { ...object, attributes: { ...attributes, ...flags }, active: flags.active };
}

/** Case does not count. Domains may leave accents and spaces out of account as well: to them Zoë is Zoe. */
export function hasValue(entry: Entry, attribute: string, wanted: string): boolean {
  const comparable = (text: string) => text.normalize('NFC').toLowerCase();
  return valuesOf(entry, attribute).some(
    (value) => comparable(textOf(attribute, value)) === comparable(wanted),
  );
}

function textOf(name: string, value: string | Buffer): string {
  if (!Buffer.isBuffer(value)) return value;
  return name.toLowerCase() === 'objectsid' ? sidText(value) : value.toString('base64');
}

/** S-1-5-… (MS-DTYP section 2.4.2). */
function sidText(bytes: Buffer): string {
  const parts = Array.from({ length: bytes[1]! }, (_, at) => bytes.readUInt32LE(8 + 4 * at));
  return ['S', bytes[0], bytes.readUIntBE(2, 6), ...parts].join('-');
}

const keptByDomain = 'is kept by the domain. Remove the line.';
const ofMembers = 'is kept from the members of groups by itself. Remove the line.';
const forbidden: Record<string, string> = {
  objectclass: 'is set by the connector. Remove the line.',
  objectcategory: keptByDomain,
  objectguid: keptByDomain,
  objectsid: keptByDomain,
  whencreated: keptByDomain,
  whenchanged: keptByDomain,
  usnchanged: keptByDomain,
  usncreated: keptByDomain,
  primarygroupid: keptByDomain,
  name: 'follows from cn. Map that one.',
  dn: `follows from cn and ${parentName}. Map these.`,
  distinguishedname: `follows from cn and ${parentName}. Map these.`,
  member: ofMembers,
  memberof: ofMembers,
  useraccountcontrol: `is written bit by bit: map ${flagNames.join(', ')}.`,
  pwdlastset: 'is set by "Password has to be changed" in the settings of the connection. Remove the line.',
  userpassword: `is no password in a domain. Map ${passwordName}.`,
  grouptype: 'is set by scope and category of groups in the settings of the connection. Remove the line.',
};

const special: string[] = [...flagNames, passwordName, parentName, 'accountExpires'];
const ofAccounts = new Set(special.filter((name) => name !== parentName));

/** What is wrong with a target attribute of a mapping, in words. */
export function checkAttribute(type: SubjectType, attribute: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(attribute))
    return `${attribute} is not the name of an attribute, such as givenName: letters, digits and hyphens.`;
  const why = forbidden[attribute.toLowerCase()];
  if (why !== undefined) return `${attribute} ${why}`;
  const spelling = special.find((name) => name.toLowerCase() === attribute.toLowerCase());
  if (spelling !== undefined && spelling !== attribute) return `${attribute} is spelled ${spelling} here.`;
  if (type === 'group' && ofAccounts.has(attribute)) return `Groups have no ${attribute}. Remove the line.`;
  return undefined;
}
