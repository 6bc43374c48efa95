import { createHash, createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import type { TokenGrant } from '../../http/access-token.js';
import { scopeOf } from './clouds.js';
import type { GraphCredentials, GraphSettings } from './settings.js';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const assertionLifeSeconds = 300;

/** Client credentials with a secret, or with an assertion signed by the certificate's key. */
export function grantOf(settings: GraphSettings, credentials: GraphCredentials): TokenGrant {
  const { authority, tenant, preset } = settings;
  const tokenUrl = `${authority.replace(/\/+$/, '')}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
  const { clientId } = credentials;
  const form = { grant_type: 'client_credentials', client_id: clientId, scope: scopeOf(preset) };
  if (credentials.type === 'client-secret')
    return { tokenUrl, form: async () => ({ ...form, client_secret: credentials.clientSecret }) };
  return {
    tokenUrl,
    form: async () => ({
      ...form,
      client_assertion_type: assertionType,
      client_assertion: await assertion(credentials, tokenUrl),
    }),
  };
}

/** https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
function assertion(
  { clientId, certificate, privateKey }: Extract<GraphCredentials, { type: 'certificate' }>,
  tokenUrl: string,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const thumbprint = createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
  return new SignJWT({})
    .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(tokenUrl)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + assertionLifeSeconds)
    .sign(createPrivateKey(privateKey));
}

/** The application permissions in a token; undefined where it cannot be looked into. */
export function rolesIn(token: string): string[] | undefined {
  try {
    const { roles } = decodeJwt(token);
    return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : undefined;
  } catch {
    return undefined;
  }
}

const remedies: Record<number, string> = {
  7000215: 'Enter the value of the client secret, not its id. It is shown once, when the secret is made.',
  7000222: 'The client secret has expired: make a new one at the app registration and enter it here.',
  700016: 'Check the application (client) id, and that the app is registered in this tenant.',
  700027: 'Upload the certificate of these credentials to the app registration: certificates and secrets.',
  700024: 'Set the clock of the hub: the signed assertion was not within its time.',
  90002: 'Check the tenant: its id or one of its domains. Check the cloud, too.',
  900023: 'Check the tenant: its id or one of its domains.',
  7000112: 'The app is disabled in this tenant: an administrator enables it under enterprise applications.',
  53003:
    'A conditional access policy for workload identities keeps the app out: allow the address of the hub.',
};

/** What to do when the token endpoint refuses, by the numbers of https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
export function tokenRemedy(numbers: number[] = []): string {
  const known = numbers.find((each) => remedies[each] !== undefined);
  return known === undefined
    ? 'Check tenant, cloud, application id and secret or certificate of this connection.'
    : remedies[known]!;
}
