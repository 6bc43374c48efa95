import { active, mappings, same, type Preset } from './preset.js';

export const github: Preset = {
  id: 'github',
  name: 'GitHub Enterprise Managed Users',
  note: 'Base URL: https://api.github.com/scim/v2/enterprises/ and the short name of the enterprise. Token: a classic personal access token of the setup user with the scope scim:enterprise (formerly admin:enterprise).',
  settings: {
    contentType: 'application/scim+json',
    searchable: ['userName', 'externalId', 'id', 'displayName'],
    deletion: 'deactivate',
    rules: [
      { attribute: 'userName', required: true },
      { attribute: 'externalId', required: true },
      { attribute: 'displayName', required: true },
      { attribute: 'emails[type eq "work"].value', required: true },
      { type: 'group', attribute: 'displayName', required: true },
      { type: 'group', attribute: 'externalId', required: true },
    ],
  },
  defaultMappings: mappings(
    { user: 'externalId', group: 'externalId' },
    [
      same('userName'),
      active,
      same('displayName'),
      same('externalId'),
      same('name.givenName'),
      same('name.familyName'),
      same('name.formatted'),
      same('emails[type eq "work"].value'),
    ],
    ['displayName', 'externalId'],
  ),
  rights: ['The setup user of the enterprise, with a classic token of the scope scim:enterprise.'],
  limits: [
    'Deleting a user is final: the account is suspended, its name is obfuscated and cannot be used again. This preset deactivates instead.',
    'Endpoints are case-sensitive.',
  ],
};
