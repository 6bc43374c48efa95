import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { Json } from './graph-error.js';

export interface AppRegistration {
  clientId: string;
  secret?: string;
  /** PEM. */
  certificate?: string;
  /** Application permissions an administrator has consented to. */
  roles: string[];
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The token endpoint of one tenant: client credentials with a secret or a signed assertion (RFC 7523). */
export class TokenEndpoint {
  expiresInSeconds = 3599;
  issued = 0;
  private generation = 0;
  private readonly key = randomBytes(32);
  private readonly usedAssertions = new Set<string>();

  constructor(
    readonly tenant: string,
    private readonly apps: AppRegistration[],
  ) {}

  /** Tokens given out so far are refused from now on. */
  expireAll(): void {
    this.generation += 1;
  }

  async answer(path: string, form: URLSearchParams, url: string): Promise<{ status: number; body: Json }> {
    const tenant = path.split('/')[1];
    if (tenant !== this.tenant)
      return refused(400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);
    if (form.get('grant_type') !== 'client_credentials')
      return refused(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
    if (!form.get('scope')?.endsWith('/.default'))
      return refused(400, 'invalid_scope', 1002012, 'The provided value for scope is not valid.');
    const app = this.apps.find(({ clientId }) => clientId === form.get('client_id'));
    if (!app)
      return refused(
        400,
        'unauthorized_client',
        700016,
        `Application with identifier '${form.get('client_id')}' was not found in the directory.`,
      );
    const assertion = form.get('client_assertion');
    const wrong =
      assertion === null
        ? wrongSecret(app, form.get('client_secret'))
        : await this.wrongAssertion(app, assertion, form.get('client_assertion_type'), url);
    if (wrong) return wrong;
    this.issued += 1;
    const token = await new SignJWT({ roles: app.roles, tid: this.tenant, gen: this.generation })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(app.clientId)
      .setIssuedAt()
      .setExpirationTime(`${this.expiresInSeconds}s`)
      .sign(this.key);
    return {
      status: 200,
      body: {
        token_type: 'Bearer',
        expires_in: this.expiresInSeconds,
        ext_expires_in: this.expiresInSeconds,
        access_token: token,
      },
    };
  }

  /** The application permissions of a token; undefined when it is not valid, or not any more. */
  async rolesOf(token: string): Promise<string[] | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.key);
      return payload.gen === this.generation ? (payload.roles as string[]) : undefined;
    } catch {
      return undefined;
    }
  }

  /** @see https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
  private async wrongAssertion(app: AppRegistration, assertion: string, type: string | null, url: string) {
    if (type !== assertionType)
      return refused(400, 'invalid_request', 900144, 'client_assertion_type is not valid.');
    const certificate = app.certificate === undefined ? undefined : new X509Certificate(app.certificate);
    const header = decodeProtectedHeader(assertion);
    const thumbprint = certificate && createHash('sha256').update(certificate.raw).digest('base64url');
    if (!certificate || header['x5t#S256'] !== thumbprint)
      return refused(
        401,
        'invalid_client',
        700027,
        'The certificate with identifier used to sign the client assertion is not registered on application.',
      );
    try {
      const { payload } = await jwtVerify(assertion, certificate.publicKey, {
        algorithms: ['PS256', 'RS256'],
        audience: url,
        issuer: app.clientId,
        subject: app.clientId,
        requiredClaims: ['exp', 'jti', 'nbf'],
      });
      if (payload.exp! - payload.nbf! > 600 || this.usedAssertions.has(payload.jti!))
        return refused(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.');
      this.usedAssertions.add(payload.jti!);
      return undefined;
    } catch (error) {
      const outOfTime =
        error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
      return refused(401, 'invalid_client', outOfTime ? 700024 : 700027, 'Client assertion is not valid.');
    }
  }
}

function wrongSecret(app: AppRegistration, secret: string | null) {
  if (app.secret !== undefined && secret === app.secret) return undefined;
  return refused(
    401,
    'invalid_client',
    7000215,
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.clientId}'.`,
  );
}

function refused(status: number, error: string, code: number, text: string): { status: number; body: Json } {
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${text} Trace ID: 0 Correlation ID: 0 Timestamp: ${new Date().toISOString()}`,
      error_codes: [code],
    },
  };
}
