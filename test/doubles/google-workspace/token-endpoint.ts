import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { Account, Json } from './account.js';

export interface Granted {
  /** Whom it acts for. */
  subject: string;
  scopes: Set<string>;
  until: number;
}

interface Answer {
  status: number;
  body: Json;
}

/** Also where a gateway, or this double, stands in for it. */
const audience = 'https://oauth2.googleapis.com/token';
const directory = 'https://www.googleapis.com/auth/admin.directory.';

/** https://oauth2.googleapis.com/token for one service account with delegation and one web client. */
export class TokenEndpoint {
  readonly granted = new Map<string, Granted>();
  readonly serviceAccount = 'rollcall@contoso-project.iam.gserviceaccount.com';
  /** Scopes delegated to the service account in the Admin console. */
  readonly delegated = new Set(
    ['user', 'group', 'group.member', 'userschema.readonly', 'orgunit'].map((name) => directory + name),
  );
  readonly client = { clientId: 'client.apps.googleusercontent.com', clientSecret: 'GOCSPX-client-secret' };
  readonly refreshTokens = new Map([['1//refresh-token', 'admin@contoso.example']]);
  /** In seconds. */
  lifetime = 3600;
  private readonly pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly keyId = randomBytes(20).toString('hex');

  constructor(private readonly account: Account) {}

  /** The key file as Google Cloud gives it. */
  get keyFile(): string {
    return JSON.stringify({
      type: 'service_account',
      project_id: 'contoso-project',
      private_key_id: this.keyId,
      private_key: this.pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: this.serviceAccount,
      client_id: '100000000000000000042',
      auth_uri: 'https://accounts.google.com/o/oauth2/auth',
      token_uri: 'https://oauth2.googleapis.com/token',
    });
  }

  async answer(form: URLSearchParams): Promise<Answer> {
    switch (form.get('grant_type')) {
      case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
        return this.assertion(form.get('assertion') ?? '');
      case 'refresh_token':
        return this.refresh(form);
      default:
        return refused(400, 'unsupported_grant_type', 'Invalid grant_type');
    }
  }

  private async assertion(assertion: string): Promise<Answer> {
    // By the real clock, which is the client's: Account.advance only lets things grow old.
    const options = { algorithms: ['RS256'], audience, issuer: this.serviceAccount };
    const verified = await jwtVerify(assertion, this.pair.publicKey, options).catch(() => undefined);
    if (!verified) return refused(400, 'invalid_grant', 'Invalid JWT Signature.');
    const { iat, exp, sub, scope } = verified.payload as Json;
    if (verified.protectedHeader.kid !== undefined && verified.protectedHeader.kid !== this.keyId)
      return refused(400, 'invalid_grant', 'Invalid JWT Signature.');
    if (typeof iat !== 'number' || typeof exp !== 'number' || exp - iat > 3600)
      return refused(400, 'invalid_grant', 'Invalid JWT: Token must be a short-lived token (60 minutes).');
    const scopes = String(scope ?? '').split(' ');
    if (sub !== undefined && !scopes.every((each) => this.delegated.has(each)))
      return refused(
        401,
        'unauthorized_client',
        'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
      );
    const subject = String(sub ?? this.serviceAccount);
    const user = this.account.user(subject);
    if (!this.account.admins.has(subject) && (!user || user.own.suspended === true))
      return refused(400, 'invalid_grant', 'Invalid email or User ID');
    return this.grant(subject, scopes);
  }

  private refresh(form: URLSearchParams): Answer {
    const { clientId, clientSecret } = this.client;
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret)
      return refused(401, 'invalid_client', 'The OAuth client was not found.');
    const subject = this.refreshTokens.get(form.get('refresh_token') ?? '');
    if (subject === undefined) return refused(400, 'invalid_grant', 'Token has been expired or revoked.');
    return this.grant(subject, [...this.delegated]);
  }

  private grant(subject: string, scopes: string[]): Answer {
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    const until = this.account.now() + this.lifetime * 1000;
    this.granted.set(token, { subject, scopes: new Set(scopes), until });
    return {
      status: 200,
      body: { access_token: token, expires_in: this.lifetime, scope: scopes.join(' '), token_type: 'Bearer' },
    };
  }
}

const refused = (status: number, error: string, description: string): Answer => ({
  status,
  body: { error, error_description: description },
});
