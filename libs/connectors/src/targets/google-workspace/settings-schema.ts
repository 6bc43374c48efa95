import {
  caCertificates,
  callTimeoutMs,
  connections,
  maxCallAnswerBytes,
  pageSize,
  writeProbe,
} from '../../schema-parts/connection-settings.js';
import { credentialsOf } from '../../schema-parts/credentials.js';
import { choice, flag, integer, secret } from '../../schema-parts/fields.js';
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
    disableBy: choice(
      'Disabling accounts',
      'suspend, or archive, for which Archived User licences are needed.',
      ['suspend', 'archive'],
      defaultSettings.disableBy,
    ),
    oldAddress: choice(
      'Old address after a rename',
      'Google keeps it as an alias. remove: it is taken away, and mail to it comes back.',
      ['keep', 'remove'],
      defaultSettings.oldAddress,
    ),
    restoreDeleted: choice(
      'Address of a deleted account',
      'Google keeps deleted accounts for 20 days. same-person: the account is restored, with its mail and files, where an external id is the same. always: whoever had the address. never: the person waits as a dead letter.',
      ['same-person', 'always', 'never'],
      defaultSettings.restoreDeleted,
    ),
    resolveConflictAccount: flag(
      'Resolve unmanaged accounts',
      'Where somebody has made a private Google account of the address, what the Admin console says of such accounts is done.',
      defaultSettings.resolveConflictAccount,
    ),
    groups: flag(
      'Groups',
      'Off: only users are pushed, and the scope of groups is not asked for.',
      defaultSettings.groups,
    ),
    membersPerCall: integer(
      'Members at a time',
      'Each member is a call of its own. So many are written before the hub records them.',
      1,
      500,
      defaultSettings.membersPerCall,
    ),
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
    pageSize: pageSize(
      'Users asked for at a time when all of them are read. Google gives groups 200 at a time.',
      500,
      defaultSettings.pageSize,
    ),
    timeoutMs: callTimeoutMs(defaultSettings.timeoutMs),
    connections: connections('Sockets kept open to Google at most.', 64, defaultSettings.connections),
    maxAnswerBytes: maxCallAnswerBytes(defaultSettings.maxAnswerBytes),
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
    caCertificates: caCertificates(
      'PEM certificates of the authority by which a gateway or proxy signs in place of Google’s own.',
    ),
    writeProbe: writeProbe(
      'A test of the connection also makes a user rollcall-probe-… in the primary domain, changes it, suspends it and deletes it.',
      defaultSettings.writeProbe,
    ),
  },
};

export const credentialsSchema = credentialsOf([
  {
    title: 'Service account',
    additionalProperties: false,
    required: ['type', 'key'],
    properties: {
      type: { const: 'service-account' },
      key: secret('Key file', 'The whole JSON file that Google Cloud gave when the key was made.', 20_000),
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
      clientSecret: secret('Client secret', 'Of that client.', 2000),
      refreshToken: secret(
        'Refresh token',
        'From an administrator’s consent to this client (access_type=offline).',
        4000,
      ),
    },
  },
]);
