import { defaultSettings } from './settings.js';

const address = { type: 'string', format: 'uri', pattern: '^https?://[^\\s@]+$', maxLength: 2000 };

export const settingsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  required: ['domain'],
  properties: {
    domain: {
      title: 'Primary domain',
      description: 'The primary domain of the Google Workspace account. New groups get their address in it.',
      type: 'string',
      pattern: '^[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$',
      maxLength: 250,
    },
    customer: {
      title: 'Customer id',
      description:
        'my_customer is the account the administrator belongs to. Resellers give the customer id (C0…).',
      type: 'string',
      pattern: '^[A-Za-z0-9_]+$',
      maxLength: 100,
      default: defaultSettings.customer,
    },
    disableBy: {
      title: 'Disabling accounts',
      description: 'suspend, or archive, for which Archived User licences are needed.',
      type: 'string',
      enum: ['suspend', 'archive'],
      default: defaultSettings.disableBy,
    },
    oldAddress: {
      title: 'Old address after a rename',
      description: 'Google keeps it as an alias. remove: it is taken away, and mail to it comes back.',
      type: 'string',
      enum: ['keep', 'remove'],
      default: defaultSettings.oldAddress,
    },
    restoreDeleted: {
      title: 'Address of a deleted account',
      description:
        'Google keeps deleted accounts for 20 days. same-person: the account is restored, with its mail and files, where an external id is the same. always: whoever had the address. never: the person waits as a dead letter.',
      type: 'string',
      enum: ['same-person', 'always', 'never'],
      default: defaultSettings.restoreDeleted,
    },
    resolveConflictAccount: {
      title: 'Resolve unmanaged accounts',
      description:
        'Where somebody has made a private Google account of the address, what the Admin console says of such accounts is done.',
      type: 'boolean',
      default: defaultSettings.resolveConflictAccount,
    },
    groups: {
      title: 'Groups',
      description: 'Off: only users are pushed, and the scope of groups is not asked for.',
      type: 'boolean',
      default: defaultSettings.groups,
    },
    membersPerCall: {
      title: 'Members at a time',
      description: 'Each member is a call of its own. So many are written before the hub records them.',
      type: 'integer',
      minimum: 1,
      maximum: 500,
      default: defaultSettings.membersPerCall,
    },
    scopes: {
      title: 'OAuth scopes',
      description:
        'What the service account asks for. Each must be entered under domain-wide delegation; one that is missing there has all refused.',
      type: 'array',
      minItems: 1,
      maxItems: 50,
      items: { type: 'string', format: 'uri', maxLength: 500, pattern: '^[!-~]+$' },
      default: defaultSettings.scopes,
    },
    pageSize: {
      title: 'Page size',
      description: 'Users asked for at a time when all of them are read. Google gives groups 200 at a time.',
      type: 'integer',
      minimum: 1,
      maximum: 500,
      default: defaultSettings.pageSize,
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
      description: 'Sockets kept open to Google at most.',
      type: 'integer',
      minimum: 1,
      maximum: 64,
      default: defaultSettings.connections,
    },
    maxAnswerBytes: {
      title: 'Largest answer (bytes)',
      description: 'A longer answer is cut off.',
      type: 'integer',
      minimum: 1024,
      maximum: 256 << 20,
      default: defaultSettings.maxAnswerBytes,
    },
    baseUrl: {
      title: 'Address of the API',
      description: 'Another only where calls to Google go through a gateway.',
      ...address,
      default: defaultSettings.baseUrl,
    },
    tokenUrl: {
      title: 'Address tokens come from',
      description: 'Another only where calls to Google go through a gateway.',
      ...address,
      default: defaultSettings.tokenUrl,
    },
    caCertificates: {
      title: 'Trusted certificates',
      description:
        'PEM certificates of the authority by which a gateway or proxy signs in place of Google’s own.',
      type: 'string',
      pattern: '-----BEGIN CERTIFICATE-----',
      maxLength: 200_000,
    },
    writeProbe: {
      title: 'Write in tests',
      description:
        'A test of the connection also makes a user rollcall-probe-… in the primary domain, changes it, suspends it and deletes it.',
      type: 'boolean',
      default: defaultSettings.writeProbe,
    },
  },
};

const secret = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength, writeOnly: true });

export const credentialsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [
    {
      title: 'Service account',
      additionalProperties: false,
      required: ['type', 'key'],
      properties: {
        type: { const: 'service-account' },
        key: {
          title: 'Key file',
          description: 'The whole JSON file that Google Cloud gave when the key was made.',
          ...secret(20_000),
        },
        subject: {
          title: 'Administrator',
          description:
            'The administrator in whose name the service account acts (domain-wide delegation). Left out where the service account has an administrator role of its own.',
          type: 'string',
          pattern: '^[^\\s@]+@[^\\s@]+$',
          maxLength: 500,
        },
      },
    },
    {
      title: 'Consent of an administrator',
      additionalProperties: false,
      required: ['type', 'clientId', 'clientSecret', 'refreshToken'],
      properties: {
        type: { const: 'refresh-token' },
        clientId: {
          title: 'Client id',
          description: 'Of the OAuth client in the Google Cloud project.',
          type: 'string',
          minLength: 1,
          maxLength: 500,
        },
        clientSecret: { title: 'Client secret', description: 'Of that client.', ...secret(2000) },
        refreshToken: {
          title: 'Refresh token',
          description: 'From an administrator’s consent to this client (access_type=offline).',
          ...secret(4000),
        },
      },
    },
  ],
};
