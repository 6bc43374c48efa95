import { active, mappings, same, type Preset } from './preset.js';

export const databricks: Preset = {
  id: 'databricks',
  name: 'Databricks account',
  note: 'Base URL: https://accounts.cloud.databricks.com/api/2.0/accounts/ACCOUNT-ID/scim/v2, or the SCIM URL under Account console, Settings, User provisioning. OAuth client credentials of a service principal with the role account admin, or the SCIM token shown there.',
  settings: {
    searchable: ['userName', 'externalId', 'displayName'],
    patchPaths: false,
    rules: [
      { attribute: 'userName', required: true, immutable: true },
      { type: 'group', attribute: 'displayName', required: true },
    ],
  },
  defaultMappings: mappings(
    { user: 'userName' },
    [
      { ...same('userName'), apply: 'create' },
      active,
      same('displayName'),
      same('externalId'),
      same('name.givenName'),
      same('name.familyName'),
    ],
    ['displayName', 'externalId'],
  ),
  rights: ['An account administrator, or a service principal with that role.'],
  limits: ['The user name is the login address and cannot be changed: a new address is a new user.'],
};
