import { credentialsOf, password } from '../../schema-parts/credentials.js';
import { headerSecret } from '../../schema-parts/fields.js';
import {
  basicUsername,
  clientCertificate,
  headerName,
  oauthClient,
} from '../../schema-parts/http-credentials.js';

export const credentialsSchema = credentialsOf([
  {
    title: 'Bearer token',
    additionalProperties: false,
    required: ['type', 'token'],
    properties: {
      type: { const: 'bearer' },
      token: headerSecret('Token', 'From the app’s SCIM settings.', 8000),
      ...clientCertificate,
    },
  },
  {
    title: 'User name and password',
    additionalProperties: false,
    required: ['type', 'username', 'password'],
    properties: {
      type: { const: 'basic' },
      username: basicUsername('Of the account the app has made for provisioning.'),
      password: password('Of that account.'),
      ...clientCertificate,
    },
  },
  {
    title: 'OAuth 2.0 client credentials',
    additionalProperties: false,
    required: ['type', 'tokenUrl', 'clientId', 'clientSecret'],
    properties: {
      type: { const: 'oauth2-client-credentials' },
      ...oauthClient('Of the OAuth client the app has made for provisioning.', 'Of that client.'),
      ...clientCertificate,
    },
  },
  {
    title: 'Key in a header',
    additionalProperties: false,
    required: ['type', 'name', 'value'],
    properties: {
      type: { const: 'header' },
      name: headerName,
      value: headerSecret('Value', 'The key itself.', 8000),
      ...clientCertificate,
    },
  },
  {
    title: 'Client certificate alone',
    additionalProperties: false,
    required: ['type', 'clientCertificate', 'clientKey'],
    properties: { type: { const: 'certificate' }, ...clientCertificate },
  },
]);
