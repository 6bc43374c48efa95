import {
  caCertificates,
  callTimeoutMs,
  connections,
  maxCallAnswerBytes,
  pageSize,
  writeProbe,
} from '../../schema-parts/connection-settings.js';
import { credentialsOf } from '../../schema-parts/credentials.js';
import { choice, flag, headerSecret } from '../../schema-parts/fields.js';
import { clouds } from './clouds.js';
import { defaultSettings } from './settings.js';

const address = { type: 'string', format: 'uri', pattern: '^https?://[^\\s@?#]+$', maxLength: 500 };
const clientId = {
  title: 'Application (client) id',
  description: 'From the overview page of the app registration.',
  type: 'string',
  pattern: '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$',
};

export const settingsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  required: ['tenant'],
  properties: {
    preset: choice(
      'Cloud',
      'Where the tenant is. GCC is global; GCC High is L4, DoD is L5.',
      Object.keys(clouds),
      defaultSettings.preset,
    ),
    tenant: {
      title: 'Tenant',
      description: 'Directory (tenant) id, or a domain of it: contoso.onmicrosoft.com',
      type: 'string',
      pattern: '^(?!(?:common|organizations|consumers)$)[A-Za-z0-9][A-Za-z0-9.-]*$',
      maxLength: 250,
    },
    groups: flag('Groups', 'Off: only users are pushed.', defaultSettings.groups),
    groupType: choice(
      'Kind of new groups',
      'microsoft365: with mailbox and team site; they hold users only.',
      ['security', 'microsoft365'],
      defaultSettings.groupType,
    ),
    forcePasswordChange: flag(
      'Change password at first sign-in',
      'New users get a random password nobody is told, unless one is mapped to passwordProfile.password.',
      defaultSettings.forcePasswordChange,
    ),
    revokeSessions: flag(
      'Sign out when disabled',
      'Sessions of a user who is disabled are revoked at once.',
      defaultSettings.revokeSessions,
    ),
    restoreDeleted: choice(
      'Deleted users of the name',
      'Entra keeps deleted users for 30 days. same-person: restored with mailbox, files and groups where employeeId or onPremisesImmutableId is the same, else a new user is made. always: whoever had the name. never: always a new user. Other than never costs one read for each new user.',
      ['same-person', 'always', 'never'],
      defaultSettings.restoreDeleted,
    ),
    extensionAttributes: {
      title: 'Directory extensions',
      description: 'Full names of those that are mapped: extension_<app id without dashes>_<name>',
      type: 'array',
      maxItems: 100,
      uniqueItems: true,
      items: { type: 'string', pattern: '^extension_[0-9a-fA-F]{32}_[A-Za-z0-9_]+$', maxLength: 300 },
      default: defaultSettings.extensionAttributes,
    },
    pageSize: pageSize('Users asked for at a time when all of them are read.', 999, defaultSettings.pageSize),
    timeoutMs: callTimeoutMs(defaultSettings.timeoutMs),
    connections: connections('Sockets kept open at most.', 256, defaultSettings.connections),
    maxAnswerBytes: maxCallAnswerBytes(defaultSettings.maxAnswerBytes),
    authority: {
      title: 'Address of the token service',
      description: 'Left out: that of the cloud.',
      ...address,
    },
    graphUrl: {
      title: 'Address of Microsoft Graph',
      description: 'With the version. Left out: that of the cloud.',
      ...address,
    },
    caCertificates: caCertificates(
      'PEM, where a proxy with a private authority stands between the hub and Microsoft.',
    ),
    writeProbe: writeProbe(
      'A test of the connection also makes a user of its own, changes it, disables it and deletes it for good.',
      defaultSettings.writeProbe,
    ),
    probeDomain: {
      title: 'Domain of the test user',
      description: 'Left out: the default domain of the tenant.',
      type: 'string',
      pattern: '^[A-Za-z0-9.-]+$',
      maxLength: 250,
    },
  },
};

export const credentialsSchema = credentialsOf([
  {
    title: 'Client secret',
    additionalProperties: false,
    required: ['type', 'clientId', 'clientSecret'],
    properties: {
      type: { const: 'client-secret' },
      clientId,
      clientSecret: headerSecret('Client secret', 'The value of the secret, not its id.', 500),
    },
  },
  {
    title: 'Certificate',
    additionalProperties: false,
    required: ['type', 'clientId', 'certificate', 'privateKey'],
    properties: {
      type: { const: 'certificate' },
      clientId,
      certificate: {
        title: 'Certificate',
        description: 'PEM. The same is uploaded to the app registration.',
        type: 'string',
        maxLength: 100_000,
      },
      privateKey: {
        title: 'Private key',
        description: 'PEM, RSA, without a passphrase.',
        type: 'string',
        maxLength: 100_000,
        writeOnly: true,
      },
    },
  },
]);
