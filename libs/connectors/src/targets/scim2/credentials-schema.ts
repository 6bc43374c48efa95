const clientCertificate = {
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
        ...clientCertificate,
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
          description: 'Of the account the app has made for provisioning.',
          type: 'string',
          minLength: 1,
          maxLength: 500,
          pattern: '^[^:]*$',
        },
        password: { title: 'Password', description: 'Of that account.', ...secret(1000, false) },
        ...clientCertificate,
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
        clientId: {
          title: 'Client id',
          description: 'Of the OAuth client the app has made for provisioning.',
          type: 'string',
          minLength: 1,
          maxLength: 500,
        },
        clientSecret: { title: 'Client secret', description: 'Of that client.', ...secret(4000, false) },
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
        ...clientCertificate,
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
        value: { title: 'Value', description: 'The key itself.', ...secret(8000) },
        ...clientCertificate,
      },
    },
    {
      title: 'Client certificate alone',
      additionalProperties: false,
      required: ['type', 'clientCertificate', 'clientKey'],
      properties: { type: { const: 'certificate' }, ...clientCertificate },
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
