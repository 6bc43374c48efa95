import { active, enterprise, mappings, same, type Preset } from './preset.js';

export const elium: Preset = {
  id: 'elium',
  name: 'Elium',
  note: 'Base URL: the tenant URL; /scim/v2 is added to it. Tenant URL and secret token are in the Elium profile under Settings, Security.',
  settings: { basePath: '/scim/v2' },
  defaultMappings: mappings({ user: 'userName' }, [
    same('userName'),
    active,
    same('displayName'),
    same('externalId'),
    same('name.givenName'),
    same('name.familyName'),
    same('name.formatted'),
    same('emails[type eq "work"].value'),
    same('phoneNumbers[type eq "work"].value'),
    same('title'),
    same('preferredLanguage'),
    same(`${enterprise}:department`),
  ]),
  rights: ['An Elium administrator, who can see Settings, Security.'],
};
