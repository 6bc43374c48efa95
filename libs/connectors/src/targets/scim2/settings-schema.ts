import { defaultSettings, presets } from './settings.js';

const withFixedUrl = presets.filter(({ settings }) => settings.baseUrl !== undefined).map(({ id }) => id);

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
    groups: {
      title: 'Groups',
      description: 'Off for apps without groups: only users are pushed.',
      type: 'boolean',
      default: defaultSettings.groups,
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

export const credentialsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [
    {
      title: 'Bearer token',
      additionalProperties: false,
      required: ['type', 'token'],
      properties: {
        type: { const: 'bearer' },
        token: { title: 'Token', description: 'From the app’s SCIM settings.', ...secret(8000) },
      },
    },
    {
      title: 'User name and password',
      additionalProperties: false,
      required: ['type', 'username', 'password'],
      properties: {
        type: { const: 'basic' },
        username: { title: 'User name', type: 'string', minLength: 1, maxLength: 500, pattern: '^[^:]*$' },
        password: { title: 'Password', ...secret(1000, false) },
      },
    },
    {
      title: 'OAuth 2.0 client credentials',
      additionalProperties: false,
      required: ['type', 'tokenUrl', 'clientId', 'clientSecret'],
      properties: {
        type: { const: 'oauth2-client-credentials' },
        tokenUrl: {
          title: 'Token URL',
          description: 'Where tokens are issued.',
          type: 'string',
          format: 'uri',
          pattern: '^https?://[^\\s@]+$',
        },
        clientId: { title: 'Client id', type: 'string', minLength: 1, maxLength: 500 },
        clientSecret: { title: 'Client secret', ...secret(4000, false) },
        scope: { title: 'Scope', description: 'If the app asks for one.', type: 'string', maxLength: 2000 },
        clientAuthentication: {
          title: 'Client authentication',
          description: 'Where the id and secret go: the Authorization header, or the body.',
          type: 'string',
          enum: ['header', 'body'],
          default: 'header',
        },
      },
    },
  ],
};

/** A header cannot carry control characters; a stray line end from copying is the usual cause. */
function secret(maxLength: number, inHeader = true): object {
  return {
    type: 'string',
    minLength: 1,
    maxLength,
    writeOnly: true,
    ...(inHeader && { pattern: '^[\\x21-\\x7e]+$' }),
  };
}
