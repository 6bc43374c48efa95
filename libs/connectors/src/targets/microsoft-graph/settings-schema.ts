import { clouds } from './clouds.js';
import { defaultSettings } from './settings.js';

const address = { type: 'string', format: 'uri', pattern: '^https?://[^\\s@?#]+$', maxLength: 500 };
const clientId = {
  title: 'Application (client) id',
  description: 'From the overview page of the app registration.',
  type: 'string',
  pattern: '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$',
};
const switchOf = (title: string, description: string, name: keyof typeof defaultSettings) => ({
  title,
  description,
  type: 'boolean',
  default: defaultSettings[name],
});

export const settingsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  required: ['tenant'],
  properties: {
    preset: {
      title: 'Cloud',
      description: 'Where the tenant is. GCC is global; GCC High is L4, DoD is L5.',
      type: 'string',
      enum: Object.keys(clouds),
      default: defaultSettings.preset,
    },
    tenant: {
      title: 'Tenant',
      description: 'Directory (tenant) id, or a domain of it: contoso.onmicrosoft.com',
      type: 'string',
      pattern: '^(?!(?:common|organizations|consumers)$)[A-Za-z0-9][A-Za-z0-9.-]*$',
      maxLength: 250,
    },
    groups: switchOf('Groups', 'Off: only users are pushed.', 'groups'),
    groupType: {
      title: 'Kind of new groups',
      description: 'microsoft365: with mailbox and team site; they hold users only.',
      type: 'string',
      enum: ['security', 'microsoft365'],
      default: defaultSettings.groupType,
    },
    forcePasswordChange: switchOf(
      'Change password at first sign-in',
      'New users get a random password nobody is told, unless one is mapped to passwordProfile.password.',
      'forcePasswordChange',
    ),
    revokeSessions: switchOf(
      'Sign out when disabled',
      'Sessions of a user who is disabled are revoked at once.',
      'revokeSessions',
    ),
    restoreDeleted: switchOf(
      'Restore deleted users',
      'Somebody who comes back within 30 days of deletion gets the old account back. Costs one read for each new user.',
      'restoreDeleted',
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
    pageSize: {
      title: 'Page size',
      description: 'Users asked for at a time when all of them are read.',
      type: 'integer',
      minimum: 1,
      maximum: 999,
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
      description: 'Sockets kept open at most.',
      type: 'integer',
      minimum: 1,
      maximum: 256,
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
    caCertificates: {
      title: 'Trusted certificates',
      description: 'PEM, where a proxy with a private authority stands between the hub and Microsoft.',
      type: 'string',
      pattern: '-----BEGIN CERTIFICATE-----',
      maxLength: 200_000,
    },
    writeProbe: switchOf(
      'Write in tests',
      'A test of the connection also makes a user of its own, changes it, disables it and deletes it for good.',
      'writeProbe',
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

export const credentialsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [
    {
      title: 'Client secret',
      additionalProperties: false,
      required: ['type', 'clientId', 'clientSecret'],
      properties: {
        type: { const: 'client-secret' },
        clientId,
        clientSecret: {
          title: 'Client secret',
          description: 'The value of the secret, not its id.',
          type: 'string',
          minLength: 1,
          maxLength: 500,
          pattern: '^[\\x21-\\x7e]+$',
          writeOnly: true,
        },
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
  ],
};
