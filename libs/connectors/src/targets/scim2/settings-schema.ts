import {
  caCertificates,
  callTimeoutMs,
  connections,
  maxCallAnswerBytes,
  pageSize,
  writeProbe,
} from '../../schema-parts/connection-settings.js';
import { choice, flag, integer } from '../../schema-parts/fields.js';
import { presets } from './presets/presets.js';
import { defaultSettings } from './settings.js';

const withFixedUrl = presets.filter(({ settings }) => settings.baseUrl !== undefined).map(({ id }) => id);

const names = {
  type: 'array',
  maxItems: 100,
  items: { type: 'string', minLength: 1, maxLength: 500 },
};

export const settingsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  properties: {
    preset: choice(
      'App',
      'Fills in what is known of the app.',
      presets.map(({ id }) => id),
      defaultSettings.preset,
    ),
    baseUrl: {
      title: 'Base URL',
      description: 'The SCIM address of the app, without /Users. Example: https://app.example.com/scim/v2',
      type: 'string',
      format: 'uri',
      pattern: '^https?://[^\\s@]+$',
      maxLength: 2000,
    },
    basePath: {
      title: 'Base path',
      description: 'Added to the base URL unless it ends so already. Example: /scim/v2',
      type: 'string',
      pattern: '^(/[^\\s/?#]+)+$',
      maxLength: 500,
    },
    protocol: choice(
      'Version of SCIM',
      '2.0, or 1.1 for older apps.',
      ['2.0', '1.1'],
      defaultSettings.protocol,
    ),
    trailingSlash: flag(
      'Trailing slash',
      'Addresses end in a slash: /Users/.',
      defaultSettings.trailingSlash,
    ),
    timeoutMs: callTimeoutMs(defaultSettings.timeoutMs),
    connections: connections('Sockets kept open to the app at most.', 256, defaultSettings.connections),
    pageSize: pageSize(
      'Accounts asked for at a time when all of them are read.',
      1000,
      defaultSettings.pageSize,
    ),
    maxAnswerBytes: maxCallAnswerBytes(defaultSettings.maxAnswerBytes),
    contentType: choice(
      'Content type',
      'Some apps do not take application/scim+json.',
      ['application/scim+json', 'application/json'],
      defaultSettings.contentType,
    ),
    paging: choice(
      'Paging',
      'How lists are read: by startIndex (RFC 7644), or by cursor (RFC 9865). A cursor the app gives is followed either way.',
      ['index', 'cursor'],
      defaultSettings.paging,
    ),
    searchable: {
      title: 'Searchable attributes',
      description:
        'What the app can be searched by. Accounts are looked for by other attributes in its whole list, which is slow. Empty: anything.',
      ...names,
      default: defaultSettings.searchable,
    },
    updateWith: choice(
      'Updates',
      'patch: only what has changed is sent. put: the object is read, changed and written back.',
      ['patch', 'put'],
      defaultSettings.updateWith,
    ),
    putBody: choice(
      'Body of PUT',
      'whole: the object as it was read, with the changes. changes: the changed attributes alone.',
      ['whole', 'changes'],
      defaultSettings.putBody,
    ),
    operationsPerPatch: integer(
      'Operations for each PATCH',
      '1 for apps that carry out the first one only.',
      1,
      1000,
      defaultSettings.operationsPerPatch,
    ),
    patchPaths: flag(
      'Paths in PATCH',
      'Off for apps that take operations without a path: whole attributes are sent as one value.',
      defaultSettings.patchPaths,
    ),
    patchOpCase: choice(
      'Spelling of operations',
      'lower: replace, as RFC 7644 has it. capital: Replace.',
      ['lower', 'capital'],
      defaultSettings.patchOpCase,
    ),
    clearWith: choice(
      'Clearing values',
      'remove: the value is taken away. empty: an empty text is written.',
      ['remove', 'empty'],
      defaultSettings.clearWith,
    ),
    booleans: choice(
      'Booleans',
      'text: "True" and "False" instead of true and false.',
      ['json', 'text'],
      defaultSettings.booleans,
    ),
    singleValued: {
      title: 'Lists of one value',
      description:
        'Lists the app keeps one value of: the primary one is sent, else the one for work. Example: emails',
      ...names,
      default: defaultSettings.singleValued,
    },
    enterpriseUrn: {
      title: 'Enterprise extension',
      description: 'The URN by which the app knows the enterprise extension of users.',
      type: 'string',
      pattern: '^urn:[^\\s]+$',
      maxLength: 500,
      default: defaultSettings.enterpriseUrn,
    },
    roles: choice(
      'Shape of roles',
      'objects: {"value": "admin"}. texts: "admin".',
      ['objects', 'texts'],
      defaultSettings.roles,
    ),
    rules: {
      title: 'Demands on values',
      description: 'What the app demands of attributes: checked before anything is sent.',
      type: 'array',
      maxItems: 200,
      default: defaultSettings.rules,
      items: {
        type: 'object',
        required: ['attribute'],
        additionalProperties: false,
        properties: {
          type: { title: 'Of', type: 'string', enum: ['user', 'group'], default: 'user' },
          attribute: {
            title: 'Attribute',
            description: 'A target attribute, or * for every text.',
            type: 'string',
            minLength: 1,
            maxLength: 500,
          },
          required: { title: 'Required', type: 'boolean' },
          immutable: { title: 'Never changed', type: 'boolean' },
          maxLength: { title: 'Longest (characters)', type: 'integer', minimum: 1, maximum: 100_000 },
          forbidden: { title: 'Forbidden characters', type: 'string', minLength: 1, maxLength: 200 },
          lowerCase: { title: 'Lower case only', type: 'boolean' },
        },
      },
    },
    duplicateAnswers: {
      title: 'Answers that mean: taken',
      description:
        'Texts in a refusal by which the app says that a unique value is taken, besides status 409 and the usual ones.',
      ...names,
      default: defaultSettings.duplicateAnswers,
    },
    deletion: choice(
      'Deleting users',
      'deactivate: active is set to false instead, for apps where deleting cannot be undone.',
      ['delete', 'deactivate'],
      defaultSettings.deletion,
    ),
    groups: flag('Groups', 'Off for apps without groups: only users are pushed.', defaultSettings.groups),
    groupRename: flag(
      'Renaming groups',
      'Off for apps that keep the first name: a rename is refused here, with what to do.',
      defaultSettings.groupRename,
    ),
    membersPerCall: integer(
      'Members for each call',
      'Group members added or removed with one call at most.',
      1,
      10_000,
      defaultSettings.membersPerCall,
    ),
    memberRemoval: choice(
      'Removing members',
      'filter: members[value eq "id"], as RFC 7644 has it. values: path members with a list of values.',
      ['filter', 'values'],
      defaultSettings.memberRemoval,
    ),
    memberUpdates: choice(
      'Updates of members',
      'patch: those who come and go. put: the group is read and written back with all of its members.',
      ['patch', 'put'],
      defaultSettings.memberUpdates,
    ),
    membersReadable: flag(
      'Members can be read',
      'Off for apps that return groups without their members.',
      defaultSettings.membersReadable,
    ),
    writeProbe: writeProbe(
      'A test of the connection also makes an account of its own, changes it, deactivates it and deletes it.',
      defaultSettings.writeProbe,
    ),
    probeDomain: {
      title: 'Domain of the test account',
      description: 'Where the app makes accounts for verified domains only: one of them.',
      type: 'string',
      pattern: '^[A-Za-z0-9.-]+$',
      maxLength: 250,
      default: defaultSettings.probeDomain,
    },
    caCertificates: caCertificates(
      'PEM certificates of the authority that signed the app’s certificate, if it is a private one.',
    ),
  },
  if: { required: ['preset'], properties: { preset: { enum: withFixedUrl } } },
  else: { required: ['baseUrl'] },
};
