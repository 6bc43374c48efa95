import { active, enterprise, made, manager, mappings, same, type Preset } from './preset.js';

export const slack: Preset = {
  id: 'slack',
  name: 'Slack',
  note: 'Token: an OAuth token with the scope admin, of an owner of the workspace or organisation. userName becomes the Slack handle: map a short name of at most 21 characters, not the login address.',
  settings: {
    baseUrl: 'https://api.slack.com/scim/v1',
    protocol: '1.1',
    contentType: 'application/json',
    enterpriseUrn: 'urn:scim:schemas:extension:enterprise:1.0',
    searchable: ['userName', 'emails', 'displayName', 'externalId'],
    duplicateAnswers: ['username_taken', 'email_taken', 'name_taken'],
    rules: [
      { attribute: 'userName', required: true, maxLength: 21, lowerCase: true, forbidden: '@ ' },
      { attribute: 'emails[type eq "work"].value', required: true },
      { attribute: 'displayName', forbidden: '@' },
      { type: 'group', attribute: 'displayName', required: true },
    ],
  },
  defaultMappings: mappings({ user: 'emails[type eq "work"].value' }, [
    made('userName', '$lowercase($substring($substringBefore(userName, "@"), 0, 21))'),
    active,
    same('displayName'),
    same('externalId'),
    same('name.givenName'),
    same('name.familyName'),
    same('emails[type eq "work"].value'),
    same('phoneNumbers[type eq "work"].value'),
    same('title'),
    same('timezone'),
    same(`${enterprise}:employeeNumber`),
    same(`${enterprise}:department`),
    manager,
  ]),
  rights: ['The OAuth scope admin, granted by an owner; on Enterprise Grid by an organisation owner.'],
  limits: [
    'A Business+ or Enterprise Grid plan is needed.',
    'All SCIM apps of the organisation together: 600 writes and 1,000 reads a minute; 180 a minute for each kind of write.',
    'Deleting a user deactivates it; the account and its handle stay.',
    'An administrator’s token cannot change owners.',
  ],
  requestsPerSecond: 3,
};
