const secret = (title: string, description: string, maxLength: number) => ({
  title,
  description,
  type: 'string',
  minLength: 1,
  maxLength,
  writeOnly: true,
});
const name = (title: string, description: string) => ({
  title,
  description,
  type: 'string',
  pattern: '^[^\\s:]+$',
  maxLength: 300,
});
const tokenUrl = {
  title: 'Token URL',
  description: 'Where it is not {host}/ccx/oauth2/{tenant}/token.',
  type: 'string',
  format: 'uri',
  pattern: '^https?://[^\\s@]+$',
};

export const credentialsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [
    {
      title: 'Integration system user',
      additionalProperties: false,
      required: ['type', 'username', 'password'],
      properties: {
        type: { const: 'isu' },
        username: name('User name', 'Of the integration system user, without or with @tenant.'),
        password: secret('Password', 'Of the integration system user.', 1_000),
      },
    },
    {
      title: 'OAuth 2.0 with a refresh token',
      additionalProperties: false,
      required: ['type', 'clientId', 'clientSecret', 'refreshToken'],
      properties: {
        type: { const: 'oauth-refresh-token' },
        clientId: name('Client id', 'Of the API client for integrations.'),
        clientSecret: secret('Client secret', 'Shown once, when the API client was registered.', 4_000),
        refreshToken: secret(
          'Refresh token',
          'From Manage Refresh Tokens for Integrations, for the integration system user. Let it not expire.',
          4_000,
        ),
        tokenUrl,
      },
    },
    {
      title: 'OAuth 2.0 with a signed assertion (JWT bearer)',
      additionalProperties: false,
      required: ['type', 'clientId', 'username', 'privateKey'],
      properties: {
        type: { const: 'oauth-jwt-bearer' },
        clientId: name('Client id', 'Of the API client with the JWT bearer grant.'),
        username: name('User name', 'Of the integration system user the hub acts as, without @tenant.'),
        privateKey: secret(
          'Private key',
          'PEM, RSA, without a passphrase; its certificate is at the API client.',
          20_000,
        ),
        audience: { ...name('Audience', 'The claim aud, where it is not wd.'), default: 'wd' },
        tokenUrl,
      },
    },
  ],
};
