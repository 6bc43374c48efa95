import { enterpriseUserSchema } from '@rollcall/scim';
import type { AttributeMapping, Mappings } from '../../contract.js';

const to = (source: string, target: string): AttributeMapping => ({ source, target, apply: 'always' });
const made = (expression: string, target: string): AttributeMapping => ({
  expression,
  target,
  apply: 'always',
});
const enterprise = (name: string): string => `${enterpriseUserSchema.id}:${name}`;

/** What Entra requires falls back to the user name: displayName and mailNickname. */
export const defaultMappings: Mappings = {
  users: {
    matching: [{ source: 'userName', target: 'userPrincipalName' }],
    attributes: [
      to('userName', 'userPrincipalName'),
      { ...to('active', 'accountEnabled'), default: true },
      made('displayName ? displayName : userName', 'displayName'),
      made(
        '$substring($replace($substringBefore(userName, "@"), /[^A-Za-z0-9._-]/, ""), 0, 64)',
        'mailNickname',
      ),
      to('name.givenName', 'givenName'),
      to('name.familyName', 'surname'),
      { ...to('emails[type eq "work"].value', 'mail'), whenEmpty: 'leave' },
      made('[emails[type!="work"].value]', 'otherMails'),
      to('phoneNumbers[type eq "work"].value', 'businessPhones'),
      to('phoneNumbers[type eq "mobile"].value', 'mobilePhone'),
      to('title', 'jobTitle'),
      to('userType', 'employeeType'),
      to('preferredLanguage', 'preferredLanguage'),
      to('addresses[type eq "work"].streetAddress', 'streetAddress'),
      to('addresses[type eq "work"].locality', 'city'),
      to('addresses[type eq "work"].region', 'state'),
      to('addresses[type eq "work"].postalCode', 'postalCode'),
      to('addresses[type eq "work"].country', 'country'),
      to(enterprise('employeeNumber'), 'employeeId'),
      to(enterprise('department'), 'department'),
      to(enterprise('organization'), 'companyName'),
      to(enterprise('costCenter'), 'employeeOrgData.costCenter'),
      to(enterprise('division'), 'employeeOrgData.division'),
      { ...to(enterprise('manager.value'), 'manager'), kind: 'reference' },
    ],
  },
  groups: {
    matching: [{ source: 'displayName', target: 'displayName' }],
    attributes: [to('displayName', 'displayName')],
  },
};
