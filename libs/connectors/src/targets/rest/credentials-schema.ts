const signing = {
  type: 'string',
  minLength: 16,
  maxLength: 1000,
  writeOnly: true,
  pattern: '^(?!whsec_)[\\x21-\\x7e]+$|^whsec_[A-Za-z0-9+/]{16,}={0,2}$',
};

const beside = {
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

const oauthClient = {
  tokenUrl: {
    title: 'Token URL',
    description: 'Where tokens are issued.',
    type: 'string',
    format: 'uri',
    pattern: '^https?://[^\\s@]+$',
  },
  clientId: {
    title: 'Client id',
    description: 'As the app shows it.',
    type: 'string',
    minLength: 1,
    maxLength: 500,
  },
  clientSecret: { title: 'Client secret', description: 'As the app shows it.', ...secret(4000, false) },
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
};

export const credentialsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [
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
        token: { title: 'Token', description: 'As the app shows it.', ...secret(8000) },
        ...beside,
      },
    },
    {
      title: 'User name and password',
      additionalProperties: false,
      required: ['type', 'username', 'password'],
      properties: {
        type: { const: 'basic' },
        username: {
          title: 'User name',
          description: 'Of the account the hub works with.',
          type: 'string',
          minLength: 1,
          maxLength: 500,
          pattern: '^[^:]*$',
        },
        password: { title: 'Password', description: 'Of the same account.', ...secret(1000, false) },
        ...beside,
      },
    },
    {
      title: 'OAuth 2.0 client credentials',
      additionalProperties: false,
      required: ['type', 'tokenUrl', 'clientId', 'clientSecret'],
      properties: {
        type: { const: 'oauth2-client-credentials' },
        ...oauthClient,
        ...beside,
      },
    },
    {
      title: 'OAuth 2.0 refresh token',
      additionalProperties: false,
      required: ['type', 'tokenUrl', 'clientId', 'clientSecret', 'refreshToken'],
      properties: {
        type: { const: 'oauth2-refresh-token' },
        refreshToken: {
          title: 'Refresh token',
          description: 'One that stays valid when it is used.',
          ...secret(8000, false),
        },
        ...oauthClient,
        ...beside,
      },
    },
    {
      title: 'Key in a header',
      additionalProperties: false,
      required: ['type', 'name', 'value'],
      properties: {
        type: { const: 'header' },
        name: {
          title: 'Header',
          description:
            'The name of the header, such as X-Api-Key. Headers the hub sets itself cannot be named.',
          type: 'string',
          maxLength: 100,
          pattern:
            '^(?!(?:[hH][oO][sS][tT]|[aA][cC][cC][eE][pP][tT]|[cC]ontent-.*|[cC]onnection|[tT]ransfer-.*)$)[A-Za-z0-9-]+$',
        },
        value: {
          title: 'Value',
          description: 'All of it, such as: Token 0123abcd',
          ...secret(8000, false),
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
        value: { title: 'Value', description: 'The key, as the app shows it.', ...secret(8000, false) },
        ...beside,
      },
    },
    {
      title: 'Client certificate alone',
      additionalProperties: false,
      required: ['type', 'clientCertificate', 'clientKey'],
      properties: { type: { const: 'certificate' }, ...beside },
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
