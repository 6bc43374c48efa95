import type { SubjectType, TargetAttribute } from '../../contract.js';

/** How accounts are searched by it: not at all, as any query, as an advanced one, or as an element of a list. */
export type Search = 'no' | 'plain' | 'advanced' | 'any';

export interface Property {
  /** As in mappings; a dot goes into an object. */
  name: string;
  type: 'string' | 'boolean' | 'dateTime' | 'reference';
  list: boolean;
  /** A list at Graph that takes one value; here the value itself. */
  wrapped?: boolean;
  mutability: 'readWrite' | 'readOnly' | 'writeOnly';
  /** By Entra, where this connector makes no value of its own. */
  required: boolean;
  unique: boolean;
  search: Search;
}

const plain: Property = {
  name: '',
  type: 'string',
  list: false,
  mutability: 'readWrite',
  required: false,
  unique: false,
  search: 'plain',
};
const some = (names: string, further: Partial<Property> = {}): Property[] =>
  names.split(' ').map((name) => ({ ...plain, ...further, name }));

const numbers = Array.from(
  { length: 15 },
  (_, at) => `onPremisesExtensionAttributes.extensionAttribute${at + 1}`,
);

/** https://learn.microsoft.com/graph/api/resources/user and /group; searches by /graph/aad-advanced-queries */
export const properties: Record<SubjectType, readonly Property[]> = {
  user: [
    ...some('userPrincipalName', { required: true, unique: true }),
    ...some('displayName mailNickname', { required: true }),
    ...some('accountEnabled', { type: 'boolean', search: 'no' }),
    ...some(
      'givenName surname mail jobTitle department employeeId city country state usageLocation userType',
    ),
    ...some('companyName employeeType mobilePhone officeLocation postalCode preferredLanguage', {
      search: 'advanced',
    }),
    ...some('streetAddress faxNumber ageGroup consentProvidedForMinor passwordPolicies', { search: 'no' }),
    ...some('onPremisesImmutableId', { search: 'plain' }),
    ...some('otherMails', { list: true, search: 'any' }),
    ...some('businessPhones', { wrapped: true, search: 'no' }),
    ...some('employeeHireDate', { type: 'dateTime', search: 'no' }),
    ...some('showInAddressList', { type: 'boolean', search: 'no' }),
    ...some('employeeOrgData.costCenter employeeOrgData.division', { search: 'advanced' }),
    ...some(numbers.join(' '), { search: 'advanced' }),
    ...some('passwordProfile.password', { mutability: 'writeOnly', search: 'no' }),
    ...some('passwordProfile.forceChangePasswordNextSignIn', {
      type: 'boolean',
      mutability: 'writeOnly',
      search: 'no',
    }),
    ...some('manager', { type: 'reference', search: 'no' }),
    ...some('assignedLicenses', { list: true, search: 'no' }),
    ...some('proxyAddresses', { list: true, mutability: 'readOnly', search: 'any' }),
    ...some('onPremisesSyncEnabled', { type: 'boolean', mutability: 'readOnly', search: 'no' }),
    ...some('createdDateTime', { type: 'dateTime', mutability: 'readOnly', search: 'no' }),
  ],
  group: [
    ...some('displayName', { required: true }),
    ...some('mailNickname'),
    ...some('description visibility classification', { search: 'no' }),
    ...some('mail', { mutability: 'readOnly' }),
    ...some('mailEnabled securityEnabled isAssignableToRole onPremisesSyncEnabled', {
      type: 'boolean',
      mutability: 'readOnly',
      search: 'no',
    }),
    ...some('groupTypes', { list: true, mutability: 'readOnly', search: 'any' }),
    ...some('membershipRule', { mutability: 'readOnly', search: 'no' }),
    ...some('createdDateTime', { type: 'dateTime', mutability: 'readOnly', search: 'no' }),
  ],
};

const byName = {
  user: new Map(properties.user.map((property) => [property.name, property])),
  group: new Map(properties.group.map((property) => [property.name, property])),
};
const extension = /^extension_[0-9a-f]{32}_\w+$/i;

/** Directory extensions are known by their form. */
export function propertyOf(type: SubjectType, name: string): Property | undefined {
  if (name === 'id') return { ...plain, name, mutability: 'readOnly' };
  return (
    byName[type].get(name) ?? (extension.test(name) ? { ...plain, name, search: 'advanced' } : undefined)
  );
}

/** What is wrong with an attribute of a mapping, in words. */
export function checkAttribute(type: SubjectType, name: string): string | undefined {
  const property = propertyOf(type, name);
  if (property?.mutability === 'readOnly') return `${name} is kept by Microsoft Entra and cannot be written.`;
  if (property) return undefined;
  const lower = name.toLowerCase();
  const near = properties[type].find(
    (each) => each.name.toLowerCase() === lower || each.name.endsWith(`.${name}`),
  );
  return `${name} is no attribute of a ${type} in Microsoft Entra.${near ? ` Did you mean ${near.name}?` : ''}`;
}

/** $select of everything that can be read. Without it Graph gives a small part. */
export function selected(type: SubjectType, extensions: string[]): string {
  const names = properties[type].filter(
    ({ name, mutability }) => mutability !== 'writeOnly' && name !== 'manager',
  );
  const own = names.map(({ name }) => name.split('.')[0]!);
  return [...new Set(['id', ...own, ...extensions])].join(',');
}

export const described = (type: SubjectType): TargetAttribute[] =>
  properties[type].map(({ name, type: kind, list, mutability, required, unique }) => ({
    name,
    type: kind,
    multiValued: list,
    required,
    caseExact: false,
    mutability,
    unique,
  }));
