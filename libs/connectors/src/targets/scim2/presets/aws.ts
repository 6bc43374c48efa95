import { active, enterprise, mappings, same, type Preset } from './preset.js';

const name = (attribute: string, required = true) => ({ attribute, required });

export const aws: Preset = {
  id: 'aws',
  name: 'AWS IAM Identity Center',
  note: 'SCIM endpoint and access token: IAM Identity Center, Settings, Automatic provisioning. The token ends after a year.',
  settings: {
    pageSize: 50,
    searchable: ['userName', 'externalId', 'displayName'],
    singleValued: ['emails', 'phoneNumbers', 'addresses'],
    memberRemoval: 'values',
    membersPerCall: 100,
    membersReadable: false,
    rules: [
      name('userName'),
      name('displayName'),
      name('name.givenName'),
      name('name.familyName'),
      { type: 'group', attribute: 'displayName', required: true },
      { attribute: '*', forbidden: '\t\n\r<>;:%' },
    ],
  },
  defaultMappings: mappings(
    { user: 'userName' },
    [
      same('userName'),
      active,
      same('displayName'),
      same('externalId'),
      same('name.givenName'),
      same('name.familyName'),
      same('name.formatted'),
      same('emails[type eq "work"].value'),
      same('phoneNumbers[type eq "work"].value'),
      same('addresses[type eq "work"].streetAddress'),
      same('addresses[type eq "work"].locality'),
      same('addresses[type eq "work"].region'),
      same('addresses[type eq "work"].postalCode'),
      same('addresses[type eq "work"].country'),
      same('title'),
      same('userType'),
      same('preferredLanguage'),
      same('timezone'),
      same(`${enterprise}:employeeNumber`),
      same(`${enterprise}:department`),
    ],
    ['displayName', 'externalId'],
  ),
  rights: ['An administrator of IAM Identity Center, who switches automatic provisioning on.'],
  limits: [
    'userName, displayName, given and family name are required; one email, phone number and address each.',
    'Searches by eq, joined by and, only; 50 for each page.',
    '100 members for each call; members of a group are never returned, and cannot be replaced as a whole.',
    'No tabs, line ends or < > ; : % in values.',
  ],
};
