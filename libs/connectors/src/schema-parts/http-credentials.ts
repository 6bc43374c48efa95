import { secret } from './fields.js';

/** Beside credentials of any kind (mutual TLS). */
export const clientCertificate = {
  clientCertificate: {
    title: 'Client certificate',
    description: 'PEM certificate the hub shows to the app, where it asks for one (mutual TLS).',
    type: 'string',
    maxLength: 100_000,
  },
  clientKey: {
    title: 'Key of the client certificate',
    description: 'PEM private key without a passphrase.',
    type: 'string',
    maxLength: 100_000,
    writeOnly: true,
  },
};

/** A colon ends the name in the header of RFC 7617. */
export const basicUsername = (description: string) => ({
  title: 'User name',
  description,
  type: 'string',
  minLength: 1,
  maxLength: 500,
  pattern: '^[^:]*$',
});

export const headerName = {
  title: 'Header',
  description: 'The name of the header, such as X-Api-Key. Headers the hub sets itself cannot be named.',
  type: 'string',
  maxLength: 100,
  pattern:
    '^(?!(?:[hH][oO][sS][tT]|[aA][cC][cC][eE][pP][tT]|[cC]ontent-.*|[cC]onnection|[tT]ransfer-.*)$)[A-Za-z0-9-]+$',
};

export const tokenUrl = (description: string) => ({
  title: 'Token URL',
  description,
  type: 'string',
  format: 'uri',
  pattern: '^https?://[^\\s@]+$',
});

/** Where tokens come from, and how the hub is known there (RFC 6749 section 2.3). */
export const oauthClient = (idDescription: string, secretDescription: string) => ({
  tokenUrl: tokenUrl('Where tokens are issued.'),
  clientId: {
    title: 'Client id',
    description: idDescription,
    type: 'string',
    minLength: 1,
    maxLength: 500,
  },
  clientSecret: secret('Client secret', secretDescription, 4000),
  scope: { title: 'Scope', description: 'If the app asks for one.', type: 'string', maxLength: 2000 },
  clientAuthentication: {
    title: 'Client authentication',
    description: 'Where the id and secret go: the Authorization header, or the body.',
    type: 'string',
    enum: ['header', 'body'],
    default: 'header',
  },
  tokenParameters: {
    title: 'Further parameters',
    description: 'Sent to the token URL as well: audience, or a grant_type of the app’s own.',
    type: 'object',
    maxProperties: 20,
    propertyNames: { pattern: '^(?!client_secret$)[A-Za-z0-9_.-]+$' },
    additionalProperties: { type: 'string', maxLength: 2000 },
  },
});
