import { credentialsOf, password } from '../../schema-parts/credentials.js';
import { secret } from '../../schema-parts/fields.js';
import { tokenUrl } from '../../schema-parts/http-credentials.js';

const name = (title: string, description: string) => ({
  title,
  description,
  type: 'string',
  pattern: '^[^\\s:]+$',
  maxLength: 300,
});

const anotherTokenUrl = tokenUrl('Where it is not {host}/ccx/oauth2/{tenant}/token.');

export const credentialsSchema = credentialsOf([
  {
    title: 'Integration system user',
    additionalProperties: false,
    required: ['type', 'username', 'password'],
    properties: {
      type: { const: 'isu' },
      username: name('User name', 'Of the integration system user, without or with @tenant.'),
      password: password('Of the integration system user.'),
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
      tokenUrl: anotherTokenUrl,
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
      tokenUrl: anotherTokenUrl,
    },
  },
]);
