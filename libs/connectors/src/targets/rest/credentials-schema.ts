import { credentialsOf, password } from '../../schema-parts/credentials.js';
import { headerSecret, secret } from '../../schema-parts/fields.js';
import {
  basicUsername,
  clientCertificate,
  headerName,
  oauthClient,
} from '../../schema-parts/http-credentials.js';

const signing = {
  type: 'string',
  minLength: 16,
  maxLength: 1000,
  writeOnly: true,
  pattern: '^(?!whsec_)[\\x21-\\x7e]+$|^whsec_[A-Za-z0-9+/]{16,}={0,2}$',
};

const beside = {
  ...clientCertificate,
  signingSecret: {
    title: 'Signing secret',
    description: 'Requests are signed with it (HMAC). Bytes in base64 after whsec_, or any text.',
    ...signing,
  },
  previousSigningSecret: {
    title: 'Previous signing secret',
    description: 'Signed with as well, until every receiver has the new one.',
    ...signing,
  },
};

const client = oauthClient('As the app shows it.', 'As the app shows it.');

export const credentialsSchema = credentialsOf([
  {
    title: 'None',
    additionalProperties: false,
    required: ['type'],
    properties: { type: { const: 'none' }, ...beside },
  },
  {
    title: 'Signature alone',
    additionalProperties: false,
    required: ['type', 'signingSecret'],
    properties: { type: { const: 'signature' }, ...beside },
  },
  {
    title: 'Bearer token',
    additionalProperties: false,
    required: ['type', 'token'],
    properties: {
      type: { const: 'bearer' },
      token: headerSecret('Token', 'As the app shows it.', 8000),
      ...beside,
    },
  },
  {
    title: 'User name and password',
    additionalProperties: false,
    required: ['type', 'username', 'password'],
    properties: {
      type: { const: 'basic' },
      username: basicUsername('Of the account the hub works with.'),
      password: password('Of the same account.'),
      ...beside,
    },
  },
  {
    title: 'OAuth 2.0 client credentials',
    additionalProperties: false,
    required: ['type', 'tokenUrl', 'clientId', 'clientSecret'],
    properties: {
      type: { const: 'oauth2-client-credentials' },
      ...client,
      ...beside,
    },
  },
  {
    title: 'OAuth 2.0 refresh token',
    additionalProperties: false,
    required: ['type', 'tokenUrl', 'clientId', 'clientSecret', 'refreshToken'],
    properties: {
      type: { const: 'oauth2-refresh-token' },
      refreshToken: secret('Refresh token', 'One that stays valid when it is used.', 8000),
      ...client,
      ...beside,
    },
  },
  {
    title: 'Key in a header',
    additionalProperties: false,
    required: ['type', 'name', 'value'],
    properties: {
      type: { const: 'header' },
      name: headerName,
      value: {
        ...secret('Value', 'All of it, such as: Token 0123abcd', 8000),
        pattern: '^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$',
      },
      ...beside,
    },
  },
  {
    title: 'Key in the address',
    additionalProperties: false,
    required: ['type', 'name', 'value'],
    properties: {
      type: { const: 'query' },
      name: {
        title: 'Parameter',
        description: 'The name of the parameter in the query, such as api_key.',
        type: 'string',
        maxLength: 100,
        pattern: '^[A-Za-z0-9_.-]+$',
      },
      value: secret('Value', 'The key, as the app shows it.', 8000),
      ...beside,
    },
  },
  {
    title: 'Client certificate alone',
    additionalProperties: false,
    required: ['type', 'clientCertificate', 'clientKey'],
    properties: { type: { const: 'certificate' }, ...beside },
  },
]);
