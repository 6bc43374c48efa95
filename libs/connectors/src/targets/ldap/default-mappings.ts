import { enterpriseUserSchema } from '@rollcall/scim';
import type { AttributeMapping, Mappings } from '../../contract.js';
import type { LdapSettings } from './settings.js';

const to = (source: string, target: string): AttributeMapping => ({ source, target, apply: 'always' });
const made = (expression: string, target: string): AttributeMapping => ({
  expression,
  target,
  apply: 'always',
});

/** inetOrgPerson (RFC 2798). sn and cn are required there, so both fall back to the user name. */
export const defaultMappings: Mappings = {
  users: {
    matching: [{ source: 'userName', target: 'uid' }],
    attributes: [
      to('userName', 'uid'),
      { ...to('active', 'active'), default: true },
      made('displayName ? displayName : userName', 'cn'),
      made('name.familyName ? name.familyName : userName', 'sn'),
      to('name.givenName', 'givenName'),
      to('displayName', 'displayName'),
      to('emails[type eq "work"].value', 'mail'),
      to('phoneNumbers[type eq "work"].value', 'telephoneNumber'),
      to('phoneNumbers[type eq "mobile"].value', 'mobile'),
      to('title', 'title'),
      to('userType', 'employeeType'),
      to('preferredLanguage', 'preferredLanguage'),
      to('addresses[type eq "work"].streetAddress', 'street'),
      to('addresses[type eq "work"].locality', 'l'),
      to('addresses[type eq "work"].region', 'st'),
      to('addresses[type eq "work"].postalCode', 'postalCode'),
      to(`${enterpriseUserSchema.id}:employeeNumber`, 'employeeNumber'),
      to(`${enterpriseUserSchema.id}:department`, 'departmentNumber'),
      { ...to(`${enterpriseUserSchema.id}:manager.value`, 'manager'), kind: 'reference' },
    ],
  },
  groups: {
    matching: [{ source: 'displayName', target: 'cn' }],
    attributes: [to('displayName', 'cn')],
  },
};

/** Accounts that cannot be disabled have no "active", and names are found by what names them. */
export function defaultMappingsWith({ disableBy, userRdn, groupRdn }: LdapSettings): Mappings {
  const { users, groups } = defaultMappings;
  const uid = userRdn.toLowerCase() === 'uid' || userRdn.toLowerCase() === 'cn';
  return {
    users: {
      matching: users.matching,
      attributes: [
        ...users.attributes.filter(({ target }) => target !== 'active' || disableBy !== 'none'),
        ...(uid ? [] : [to('userName', userRdn)]),
      ],
    },
    groups: {
      matching: [{ source: 'displayName', target: groupRdn }],
      attributes: [
        ...groups!.attributes,
        ...(groupRdn.toLowerCase() === 'cn' ? [] : [to('displayName', groupRdn)]),
      ],
    },
  };
}
