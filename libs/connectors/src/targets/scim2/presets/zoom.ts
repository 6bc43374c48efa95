import { active, enterprise, mappings, same, type Preset } from './preset.js';

export const zoom: Preset = {
  id: 'zoom',
  name: 'Zoom',
  note: 'Credentials: a server-to-server OAuth app in the Zoom Marketplace with the scope scim2:admin; its token URL is https://zoom.us/oauth/token, with the further parameters grant_type account_credentials and account_id.',
  settings: {
    baseUrl: 'https://api.zoom.us/scim2',
    updateWith: 'put',
    putBody: 'changes',
    searchable: ['userName'],
    groups: false,
    rules: [{ attribute: 'userName', required: true }],
  },
  defaultMappings: mappings({ user: 'userName' }, [
    same('userName'),
    active,
    same('displayName'),
    same('externalId'),
    same('name.givenName'),
    same('name.familyName'),
    same('emails[type eq "work"].value'),
    same('phoneNumbers[type eq "work"].value'),
    same('userType'),
    same(`${enterprise}:department`),
  ]),
  rights: [
    'A Zoom owner or administrator; the account has a Business or Education plan, an approved vanity URL and single sign-on.',
  ],
  limits: [
    'One call a second for each account and endpoint.',
    'PATCH switches users on and off only, so everything is written with PUT, which takes the changed attributes alone.',
    'Groups of the directory are not made at Zoom by this preset.',
  ],
  requestsPerSecond: 1,
};
