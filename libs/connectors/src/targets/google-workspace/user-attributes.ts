import type { SubjectType, TargetAttribute } from '../../contract.js';

type Type = TargetAttribute['type'];

/** Single values of a user (Directory API, resource User). `active` stands for suspended or archived. */
export const singleValues: Record<string, Type> = {
  primaryEmail: 'string',
  active: 'boolean',
  password: 'string',
  hashFunction: 'string',
  changePasswordAtNextLogin: 'boolean',
  orgUnitPath: 'string',
  includeInGlobalAddressList: 'boolean',
  ipWhitelisted: 'boolean',
  recoveryEmail: 'string',
  recoveryPhone: 'string',
  archived: 'boolean',
};

export const objects: Record<string, readonly string[]> = {
  name: ['givenName', 'familyName', 'displayName'],
  gender: ['type', 'customGender', 'addressMeAs'],
  notes: ['value', 'contentType'],
};

/** Lists of objects, with what an element holds besides type, customType and primary. */
export const lists: Record<string, readonly string[]> = {
  emails: ['address'],
  externalIds: ['value'],
  relations: ['value'],
  phones: ['value'],
  organizations: [
    'name',
    'title',
    'department',
    'costCenter',
    'description',
    'location',
    'domain',
    'symbol',
    'fullTimeEquivalent',
  ],
  addresses: [
    'formatted',
    'streetAddress',
    'extendedAddress',
    'poBox',
    'locality',
    'region',
    'postalCode',
    'country',
    'countryCode',
  ],
  languages: ['languageCode', 'customLanguage'],
  ims: ['im', 'protocol', 'customProtocol'],
  keywords: ['value'],
  locations: ['buildingId', 'floorName', 'floorSection', 'area', 'deskCode'],
  websites: ['value'],
  posixAccounts: [
    'username',
    'uid',
    'gid',
    'homeDirectory',
    'shell',
    'gecos',
    'accountId',
    'systemId',
    'operatingSystemType',
  ],
  sshPublicKeys: ['key', 'expirationTimeUsec'],
};

export const selectors = ['type', 'customType', 'primary', 'preference'] as const;

export const groupValues = ['email', 'name', 'description'] as const;

export type AttributePath =
  | { kind: 'single'; attribute: string }
  | { kind: 'object'; attribute: string; sub: string }
  | { kind: 'custom'; schema: string; field: string }
  | { kind: 'list'; attribute: string }
  | { kind: 'element'; attribute: string; where: (typeof selectors)[number]; is: string | true; sub: string }
  /** Addresses beside the main one: a resource of their own. */
  | { kind: 'aliases' };

const given: Record<string, string> = {
  id: 'is given by Google.',
  etag: 'is given by Google.',
  suspended: 'is written by mapping to "active", which is its opposite.',
  isAdmin: 'can only be changed in the Admin console.',
  isDelegatedAdmin: 'can only be changed in the Admin console.',
  members: 'follow by themselves.',
};

/** @throws TypeError saying what is wrong with the path */
export function parseAttributePath(type: SubjectType, text: string): AttributePath {
  if (Object.hasOwn(given, text)) throw new TypeError(`${text} ${given[text]} Remove the line.`);
  if (text === 'aliases') return { kind: 'aliases' };
  if (type === 'group') {
    if ((groupValues as readonly string[]).includes(text)) return { kind: 'single', attribute: text };
    throw new TypeError(`A group has no ${text}: it has ${groupValues.join(', ')} and aliases.`);
  }
  if (Object.hasOwn(singleValues, text)) return { kind: 'single', attribute: text };
  if (Object.hasOwn(lists, text)) return { kind: 'list', attribute: text };
  const custom = /^customSchemas\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(text);
  if (custom) return { kind: 'custom', schema: custom[1]!, field: custom[2]! };
  const [attribute = '', sub = ''] = text.split('.');
  if (
    Object.hasOwn(objects, attribute) &&
    objects[attribute]!.includes(sub) &&
    text === `${attribute}.${sub}`
  )
    return { kind: 'object', attribute, sub };
  return parseElement(text);
}

const elementPath =
  /^([A-Za-z]+)\[(?:(type|customType|preference) eq "([^"\\]{1,100})"|primary eq true)\]\.([A-Za-z]+)$/;

function parseElement(text: string): AttributePath {
  const match = elementPath.exec(text);
  const [, attribute = '', where, is, sub = ''] = match ?? [];
  const subs = Object.hasOwn(lists, attribute) ? lists[attribute] : undefined;
  if (subs?.includes(sub)) {
    if (where === undefined) return { kind: 'element', attribute, where: 'primary', is: true, sub };
    return { kind: 'element', attribute, where: where as 'type', is: is!, sub };
  }
  if (subs) throw new TypeError(`${text}: an element of ${attribute} has ${subs.join(', ')}, not "${sub}".`);
  const like = 'primaryEmail, name.givenName, phones[type eq "work"].value or customSchemas.Schema.field';
  throw new TypeError(`${text} is no attribute that can be written. Write one such as ${like}.`);
}

/** What is wrong with a target attribute of a mapping, in words. */
export function checkAttribute(type: SubjectType, text: string): string | undefined {
  try {
    parseAttributePath(type, text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The first path that cannot be written, as the refusal it is. */
export function unwritable(type: SubjectType, paths: string[]) {
  for (const attribute of paths) {
    const message = checkAttribute(type, attribute);
    if (message === undefined) continue;
    const remedy = 'Correct the target attribute in the mapping.';
    return { kind: 'rejected' as const, code: 'invalid-mapping', attribute, message, remedy };
  }
  return undefined;
}

/** An element picked by one selector, as mappings name it. */
export const elementOf = (attribute: string, where: string, is: string | true): string =>
  `${attribute}[${where} eq ${JSON.stringify(is)}]`;
