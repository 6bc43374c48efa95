import type { Json } from './graph-error.js';
import { badRequest } from './graph-error.js';

export type ObjectType = 'user' | 'group';
type Kind = 'text' | 'texts' | 'boolean' | 'time' | 'object';

const texts = (names: string, kind: Kind = 'text'): [string, Kind][] =>
  names.split(' ').map((name) => [name, kind]);

/** Properties that may be written. @see https://learn.microsoft.com/graph/api/resources/user */
const writable: Record<ObjectType, Map<string, Kind>> = {
  user: new Map([
    ...texts(
      'userPrincipalName mailNickname displayName givenName surname mail mobilePhone jobTitle department companyName employeeId employeeType officeLocation streetAddress city state postalCode country preferredLanguage usageLocation faxNumber ageGroup consentProvidedForMinor passwordPolicies userType onPremisesImmutableId',
    ),
    ...texts('businessPhones otherMails', 'texts'),
    ...texts('accountEnabled showInAddressList', 'boolean'),
    ...texts('employeeHireDate employeeLeaveDateTime', 'time'),
    ...texts('passwordProfile employeeOrgData onPremisesExtensionAttributes', 'object'),
  ]),
  group: new Map([
    ...texts(
      'displayName description mailNickname visibility classification preferredDataLocation membershipRule',
    ),
    ...texts('groupTypes', 'texts'),
    ...texts('mailEnabled securityEnabled isAssignableToRole', 'boolean'),
  ]),
};
const readable: Record<ObjectType, string[]> = {
  user: 'id createdDateTime deletedDateTime proxyAddresses onPremisesSyncEnabled assignedLicenses licenseAssignmentStates creationType'.split(
    ' ',
  ),
  group:
    'id createdDateTime deletedDateTime mail proxyAddresses onPremisesSyncEnabled securityIdentifier uniqueName'.split(
      ' ',
    ),
};

const defaults: Record<ObjectType, string[]> = {
  user: 'businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName'.split(
    ' ',
  ),
  group:
    'id deletedDateTime createdDateTime description displayName groupTypes mail mailEnabled mailNickname securityEnabled visibility onPremisesSyncEnabled uniqueName'.split(
      ' ',
    ),
};

const isExtension = (name: string): boolean => /^extension_[0-9a-f]{32}_\w+$/.test(name);

export const exists = (type: ObjectType, name: string): boolean =>
  writable[type].has(name) || readable[type].includes(name) || isExtension(name);

/** What goes out of an object: the default set, or what $select names. Passwords never do. */
export function shown(type: ObjectType, properties: Json, select: string[] | undefined): Json {
  const names = select ?? defaults[type];
  const unknown = names.find((name) => !exists(type, name));
  if (unknown !== undefined)
    throw badRequest(`Could not find a property named '${unknown}' on type 'microsoft.graph.${type}'.`);
  const lists = new Set([
    'businessPhones',
    'otherMails',
    'proxyAddresses',
    'groupTypes',
    'assignedLicenses',
    'licenseAssignmentStates',
  ]);
  return Object.fromEntries(
    names
      .filter((name) => name !== 'passwordProfile' && (!isExtension(name) || properties[name] !== undefined))
      .map((name) => [name, properties[name] ?? (lists.has(name) ? [] : null)]),
  );
}

/** Checks the body of a creation or a change, property by property. */
export function checkProperties(type: ObjectType, body: Json): void {
  for (const [name, value] of Object.entries(body)) {
    if (name.includes('@odata.')) continue;
    if (readable[type].includes(name)) throw badRequest(`Property '${name}' is read-only and cannot be set.`);
    const kind = writable[type].get(name) ?? (isExtension(name) ? 'text' : undefined);
    if (kind === undefined)
      throw badRequest(`Property '${name}' does not exist as a declared property or extension property.`);
    if (!fits(kind, value))
      throw badRequest(
        `Invalid value specified for property '${name}' of resource '${type === 'user' ? 'User' : 'Group'}'.`,
        [{ code: 'InvalidValue', target: name }],
      );
  }
}

function fits(kind: Kind, value: unknown): boolean {
  if (kind === 'texts')
    return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
  if (value === null) return true;
  if (kind === 'boolean') return typeof value === 'boolean';
  if (kind === 'object') return typeof value === 'object' && !Array.isArray(value);
  if (kind === 'time') return typeof value === 'string' && !Number.isNaN(Date.parse(value));
  return typeof value === 'string' && value !== '';
}
