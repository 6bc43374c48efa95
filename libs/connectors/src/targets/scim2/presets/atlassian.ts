import { active, enterprise, mappings, same, type Preset } from './preset.js';

export const atlassian: Preset = {
  id: 'atlassian',
  name: 'Atlassian Cloud',
  note: 'Base URL and API key: admin.atlassian.com, Security, Identity providers, the directory, Set up user provisioning. https://api.atlassian.com/scim/directory/ and the directory id.',
  settings: {
    searchable: ['userName', 'externalId', 'displayName'],
    groupRename: false,
    rules: [
      { attribute: 'userName', required: true },
      { attribute: 'emails[type eq "work"].value', required: true },
      { type: 'group', attribute: 'displayName', required: true },
    ],
  },
  defaultMappings: mappings({ user: 'userName' }, [
    same('userName'),
    active,
    same('displayName'),
    same('externalId'),
    same('name.givenName'),
    same('name.familyName'),
    same('name.formatted'),
    same('emails[type eq "work"].value'),
    same('title'),
    same('timezone'),
    same('preferredLanguage'),
    same(`${enterprise}:organization`),
    same(`${enterprise}:department`),
  ]),
  rights: ['An organisation administrator of Atlassian, who makes the directory’s API key.'],
  limits: [
    'Accounts are only made for addresses of domains the organisation has verified.',
    'Deleting a user deactivates it, and it cannot be read any more (404) until it is made again, which links the same account.',
    'Groups cannot be renamed.',
    '20,000 users for each directory.',
  ],
};
