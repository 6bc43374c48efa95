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
    preset: {
      title: 'App',
      description: 'Fills in what is known of the app.',
      type: 'string',
      enum: presets.map(({ id }) => id),
      default: defaultSettings.preset,
    },
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
    protocol: {
      title: 'Version of SCIM',
      description: '2.0, or 1.1 for older apps.',
      type: 'string',
      enum: ['2.0', '1.1'],
      default: defaultSettings.protocol,
    },
    trailingSlash: {
      title: 'Trailing slash',
      description: 'Addresses end in a slash: /Users/.',
      type: 'boolean',
      default: defaultSettings.trailingSlash,
    },
    timeoutMs: {
      title: 'Time-out (ms)',
      description: 'How long one call may take, from connecting to the end of the answer.',
      type: 'integer',
      minimum: 100,
      maximum: 600_000,
      default: defaultSettings.timeoutMs,
    },
    connections: {
      title: 'Connections',
      description: 'Sockets kept open to the app at most.',
      type: 'integer',
      minimum: 1,
      maximum: 256,
      default: defaultSettings.connections,
    },
    pageSize: {
      title: 'Page size',
      description: 'Accounts asked for at a time when all of them are read.',
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: defaultSettings.pageSize,
    },
    maxAnswerBytes: {
      title: 'Largest answer (bytes)',
      description: 'A longer answer is cut off.',
      type: 'integer',
      minimum: 1024,
      maximum: 256 << 20,
      default: defaultSettings.maxAnswerBytes,
    },
    contentType: {
      title: 'Content type',
      description: 'Some apps do not take application/scim+json.',
      type: 'string',
      enum: ['application/scim+json', 'application/json'],
      default: defaultSettings.contentType,
    },
    paging: {
      title: 'Paging',
      description:
        'How lists are read: by startIndex (RFC 7644), or by cursor (RFC 9865). A cursor the app gives is followed either way.',
      type: 'string',
      enum: ['index', 'cursor'],
      default: defaultSettings.paging,
    },
    searchable: {
      title: 'Searchable attributes',
      description:
        'What the app can be searched by. Accounts are looked for by other attributes in its whole list, which is slow. Empty: anything.',
      ...names,
      default: defaultSettings.searchable,
    },
    updateWith: {
      title: 'Updates',
      description: 'patch: only what has changed is sent. put: the object is read, changed and written back.',
      type: 'string',
      enum: ['patch', 'put'],
      default: defaultSettings.updateWith,
    },
    putBody: {
      title: 'Body of PUT',
      description:
        'whole: the object as it was read, with the changes. changes: the changed attributes alone.',
      type: 'string',
      enum: ['whole', 'changes'],
      default: defaultSettings.putBody,
    },
    operationsPerPatch: {
      title: 'Operations for each PATCH',
      description: '1 for apps that carry out the first one only.',
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: defaultSettings.operationsPerPatch,
    },
    patchPaths: {
      title: 'Paths in PATCH',
      description:
        'Off for apps that take operations without a path: whole attributes are sent as one value.',
      type: 'boolean',
      default: defaultSettings.patchPaths,
    },
    patchOpCase: {
      title: 'Spelling of operations',
      description: 'lower: replace, as RFC 7644 has it. capital: Replace.',
      type: 'string',
      enum: ['lower', 'capital'],
      default: defaultSettings.patchOpCase,
    },
    clearWith: {
      title: 'Clearing values',
      description: 'remove: the value is taken away. empty: an empty text is written.',
      type: 'string',
      enum: ['remove', 'empty'],
      default: defaultSettings.clearWith,
    },
    booleans: {
      title: 'Booleans',
      description: 'text: "True" and "False" instead of true and false.',
      type: 'string',
      enum: ['json', 'text'],
      default: defaultSettings.booleans,
    },
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
    roles: {
      title: 'Shape of roles',
      description: 'objects: {"value": "admin"}. texts: "admin".',
      type: 'string',
      enum: ['objects', 'texts'],
      default: defaultSettings.roles,
    },
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
    deletion: {
      title: 'Deleting users',
      description: 'deactivate: active is set to false instead, for apps where deleting cannot be undone.',
      type: 'string',
      enum: ['delete', 'deactivate'],
      default: defaultSettings.deletion,
    },
    groups: {
      title: 'Groups',
      description: 'Off for apps without groups: only users are pushed.',
      type: 'boolean',
      default: defaultSettings.groups,
    },
    groupRename: {
      title: 'Renaming groups',
      description: 'Off for apps that keep the first name: a rename is refused here, with what to do.',
      type: 'boolean',
      default: defaultSettings.groupRename,
    },
    membersPerCall: {
      title: 'Members for each call',
      description: 'Group members added or removed with one call at most.',
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      default: defaultSettings.membersPerCall,
    },
    memberRemoval: {
      title: 'Removing members',
      description:
        'filter: members[value eq "id"], as RFC 7644 has it. values: path members with a list of values.',
      type: 'string',
      enum: ['filter', 'values'],
      default: defaultSettings.memberRemoval,
    },
    memberUpdates: {
      title: 'Updates of members',
      description:
        'patch: those who come and go. put: the group is read and written back with all of its members.',
      type: 'string',
      enum: ['patch', 'put'],
      default: defaultSettings.memberUpdates,
    },
    membersReadable: {
      title: 'Members can be read',
      description: 'Off for apps that return groups without their members.',
      type: 'boolean',
      default: defaultSettings.membersReadable,
    },
    writeProbe: {
      title: 'Write in tests',
      description:
        'A test of the connection also makes an account of its own, changes it, deactivates it and deletes it.',
      type: 'boolean',
      default: defaultSettings.writeProbe,
    },
    probeDomain: {
      title: 'Domain of the test account',
      description: 'Where the app makes accounts for verified domains only: one of them.',
      type: 'string',
      pattern: '^[A-Za-z0-9.-]+$',
      maxLength: 250,
      default: defaultSettings.probeDomain,
    },
    caCertificates: {
      title: 'Trusted certificates',
      description:
        'PEM certificates of the authority that signed the app’s certificate, if it is a private one.',
      type: 'string',
      pattern: '-----BEGIN CERTIFICATE-----',
      maxLength: 200_000,
    },
  },
  if: { required: ['preset'], properties: { preset: { enum: withFixedUrl } } },
  else: { required: ['baseUrl'] },
};
