import { createPrivateKey, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Agent } from 'undici';
import { AccessToken } from '../../http/access-token.js';
import type { WorkdayCredentials, WorkdaySettings } from './settings.js';
import { escapeText } from './xml-text.js';

type IntegrationSystemUser = Extract<WorkdayCredentials, { type: 'isu' }>;

const assertionLifetimeS = 120;
const security = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const passwordText =
  'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText';

/** How calls show who makes them: an integration system user by password, or an OAuth token. */
export class SignIn {
  readonly token?: AccessToken;
  /** Never to be seen in answers, messages or calls. */
  readonly secrets: string[];

  /** @param now the time at Workday, epoch ms */
  constructor(
    private readonly settings: WorkdaySettings,
    private readonly credentials: WorkdayCredentials,
    agent: Agent,
    userAgent: string,
    now: () => number,
  ) {
    const { tenant, timeoutMs } = settings;
    const options = { timeoutMs, userAgent };
    if (credentials.type === 'isu') {
      this.secrets = [credentials.password, this.basic(credentials)];
      return;
    }
    const tokenUrl = credentials.tokenUrl ?? `${settings.url}/ccx/oauth2/${tenant}/token`;
    const { clientId } = credentials;
    if (credentials.type === 'oauth-refresh-token') {
      const { clientSecret, refreshToken } = credentials;
      const tokenParameters = { grant_type: 'refresh_token', refresh_token: refreshToken };
      this.token = new AccessToken(agent, { tokenUrl, clientId, clientSecret, tokenParameters }, options);
      this.secrets = [clientSecret, refreshToken];
    } else {
      const { username, privateKey, audience = 'wd' } = credentials;
      const form = async () => ({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: await new SignJWT()
          .setProtectedHeader({ alg: 'RS256' })
          .setIssuer(clientId)
          .setSubject(username)
          .setAudience(audience)
          .setExpirationTime(Math.floor(now() / 1000) + assertionLifetimeS)
          .setJti(randomUUID())
          .sign(createPrivateKey(privateKey)),
      });
      this.token = new AccessToken(agent, { tokenUrl, form }, options);
      this.secrets = [privateKey];
    }
  }

  /** For web services: the WS-Security header of a password; a token goes into an HTTP header instead. */
  soapHeader(): string {
    const { credentials } = this;
    if (credentials.type !== 'isu') return '';
    return (
      `<wsse:Security xmlns:wsse="${security}" env:mustUnderstand="1"><wsse:UsernameToken>` +
      `<wsse:Username>${escapeText(this.fullName(credentials))}</wsse:Username>` +
      `<wsse:Password Type="${passwordText}">${escapeText(credentials.password)}</wsse:Password>` +
      '</wsse:UsernameToken></wsse:Security>'
    );
  }

  /** For reports. */
  httpHeaders(token: string | undefined): Record<string, string> {
    const { credentials } = this;
    if (token !== undefined) return { authorization: `Bearer ${token}` };
    return credentials.type === 'isu' ? { authorization: `Basic ${this.basic(credentials)}` } : {};
  }

  private basic(user: IntegrationSystemUser): string {
    return Buffer.from(`${this.fullName(user)}:${user.password}`).toString('base64');
  }

  private fullName({ username }: IntegrationSystemUser): string {
    return username.includes('@') ? username : `${username}@${this.settings.tenant}`;
  }
}
