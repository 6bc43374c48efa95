import { generateKeyPairSync } from 'node:crypto';
import { connectorModule } from '@rollcall/connectors';

export interface Limits {
  caCertificates?: string;
  timeoutMs?: number;
  maxAnswerBytes?: number;
}

/** How a connector over HTTP is set up to call an app, and the endpoint of its tokens where it has one, of the test's. */
export interface HttpTarget {
  name: string;
  connector: string;
  /** Undefined: the credentials are sent as they are. */
  tokenPath?: string;
  settings(app: string, tokens: string, limits: Limits): object;
  credentials(tokens: string): object;
  /** An attribute accounts are found by. */
  userKey: string;
  /** None of these may be in anything the connector answers. */
  secrets: string[];
}

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const keyText = privateKey.split('\n')[1]!;

/** The token every endpoint of tokens in these tests gives. */
export const accessToken = 'access-token-4711';

const all: HttpTarget[] = [
  {
    name: 'scim2, bearer',
    connector: 'scim2',
    userKey: 'userName',
    settings: (app, _, limits) => ({ baseUrl: `${app}/scim/v2`, ...limits }),
    credentials: () => ({ type: 'bearer', token: 'bearer-token-4711' }),
    secrets: ['bearer-token-4711'],
  },
  {
    name: 'scim2, OAuth',
    connector: 'scim2',
    userKey: 'userName',
    tokenPath: '/token',
    settings: (app, _, limits) => ({ baseUrl: `${app}/scim/v2`, ...limits }),
    credentials: (tokens) => ({
      type: 'oauth2-client-credentials',
      tokenUrl: `${tokens}/token`,
      clientId: 'client',
      clientSecret: 'client-secret-4711',
    }),
    secrets: ['client-secret-4711', accessToken],
  },
  {
    name: 'google-workspace, service account',
    connector: 'google-workspace',
    userKey: 'primaryEmail',
    tokenPath: '/token',
    settings: (app, tokens, limits) => ({
      domain: 'contoso.example',
      baseUrl: app,
      tokenUrl: `${tokens}/token`,
      ...limits,
    }),
    credentials: (tokens) => ({
      type: 'service-account',
      key: JSON.stringify({
        type: 'service_account',
        project_id: 'contoso',
        private_key_id: '4711',
        private_key: privateKey,
        client_email: 'hub@contoso.iam.gserviceaccount.com',
        client_id: '1',
        token_uri: `${tokens}/token`,
      }),
      subject: 'admin@contoso.example',
    }),
    secrets: [keyText, accessToken],
  },
  {
    name: 'microsoft-graph, client secret',
    connector: 'microsoft-graph',
    userKey: 'userPrincipalName',
    tokenPath: '/contoso.example/oauth2/v2.0/token',
    settings: (app, tokens, limits) => ({
      tenant: 'contoso.example',
      authority: tokens,
      graphUrl: `${app}/v1.0`,
      ...limits,
    }),
    credentials: () => ({
      type: 'client-secret',
      clientId: '00000000-0000-4000-8000-000000000001',
      clientSecret: 'client-secret-4711',
    }),
    secrets: ['client-secret-4711', accessToken],
  },
  {
    name: 'rest, key in a header',
    connector: 'rest',
    userKey: 'login',
    settings: (app, _, limits) => ({ preset: 'redmine', baseUrl: app, ...limits }),
    credentials: () => ({ type: 'header', name: 'X-Redmine-API-Key', value: 'api-key-4711' }),
    secrets: ['api-key-4711'],
  },
  {
    name: 'rest, OAuth',
    connector: 'rest',
    userKey: 'login',
    tokenPath: '/token',
    settings: (app, _, limits) => ({ preset: 'redmine', baseUrl: app, ...limits }),
    credentials: (tokens) => ({
      type: 'oauth2-client-credentials',
      tokenUrl: `${tokens}/token`,
      clientId: 'client',
      clientSecret: 'client-secret-4711',
    }),
    secrets: ['client-secret-4711', accessToken],
  },
  {
    name: 'workday, integration user',
    connector: 'workday',
    userKey: 'workerId',
    settings: (app, _, limits) => ({
      url: app,
      tenant: 'contoso',
      timeZone: 'Europe/London',
      ...limits,
      ...(limits.maxAnswerBytes !== undefined && { maxReportBytes: limits.maxAnswerBytes }),
    }),
    credentials: () => ({ type: 'isu', username: 'hub', password: 'isu-password-4711' }),
    secrets: ['isu-password-4711'],
  },
  {
    name: 'workday, OAuth',
    connector: 'workday',
    userKey: 'workerId',
    tokenPath: '/ccx/oauth2/contoso/token',
    settings: (app, _, limits) => ({ url: app, tenant: 'contoso', timeZone: 'Europe/London', ...limits }),
    credentials: (tokens) => ({
      type: 'oauth-refresh-token',
      clientId: 'client',
      clientSecret: 'client-secret-4711',
      refreshToken: 'refresh-token-4711',
      tokenUrl: `${tokens}/ccx/oauth2/contoso/token`,
    }),
    secrets: ['client-secret-4711', 'refresh-token-4711', accessToken],
  },
];

/** Of the connectors this hub has. */
export const httpTargets = all.filter(({ connector }) => connectorModule(connector) !== undefined);
