import { active, enterprise, mappings, same, type Preset } from './preset.js';

export const exium: Preset = {
  id: 'exium',
  name: 'Exium',
  note: 'The bearer token is in the Exium workspace profile under SCIM Configuration.',
  settings: { baseUrl: 'https://subapi.exium.net/scim' },
  defaultMappings: mappings({ user: 'userName' }, [
    same('userName'),
    active,
    same('displayName'),
    same('externalId'),
    same('name.givenName'),
    same('name.familyName'),
    same('emails[type eq "work"].value'),
    same('phoneNumbers[type eq "work"].value'),
    same('addresses[type eq "work"].streetAddress'),
    same('addresses[type eq "work"].locality'),
    same('addresses[type eq "work"].region'),
    same('addresses[type eq "work"].postalCode'),
    same('addresses[type eq "work"].country'),
    same(`${enterprise}:department`),
    same('timezone'),
    same('userType'),
  ]),
  rights: ['An Exium workspace administrator: the SCIM token is bound to the workspace.'],
};
