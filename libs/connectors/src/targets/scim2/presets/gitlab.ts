import { active, mappings, same, type Preset } from './preset.js';

export const gitlab: Preset = {
  id: 'gitlab',
  name: 'GitLab.com group',
  note: 'Base URL and SCIM token: the top-level group, Settings, SAML SSO, SCIM Token. https://gitlab.com/api/scim/v2/groups/ and the path of the group.',
  settings: {
    searchable: ['externalId', 'id'],
    patchOpCase: 'capital',
    groups: false,
    rules: [
      { attribute: 'externalId', required: true },
      { attribute: 'userName', required: true, immutable: true },
      { attribute: 'displayName', immutable: true },
      { attribute: 'name.givenName', immutable: true },
      { attribute: 'name.familyName', immutable: true },
      { attribute: 'emails[type eq "work"].value', required: true },
    ],
  },
  defaultMappings: mappings({ user: 'externalId' }, [
    { ...same('userName'), apply: 'create' },
    active,
    same('externalId'),
    { ...same('name.formatted'), whenEmpty: 'leave' },
    { ...same('name.givenName'), apply: 'create' },
    { ...same('name.familyName'), apply: 'create' },
    { ...same('emails[type eq "work"].value'), whenEmpty: 'leave' },
  ]),
  rights: ['An owner of the top-level group, with SAML single sign-on for it.'],
  limits: [
    'The SCIM id of a user is its externalId, which must be the SAML NameID.',
    'Only externalId, name.formatted, the work email and active can be changed.',
    'Deleting a user takes it out of the group; its GitLab account stays.',
    'No groups.',
  ],
};
