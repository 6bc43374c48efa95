import type { Agent } from 'undici';
import { AccessToken, type TokenResult } from '../../http/access-token.js';
import type { RestCredentials, RestSettings } from './settings.js';

/** What proves to the app who is calling: fixed headers, a parameter, or a token that is fetched. */
export class Authorization {
  readonly headers: Record<string, string> = {};
  readonly query: Record<string, string> = {};
  readonly signingSecrets: string[];
  /** Texts that must not be seen. */
  readonly secrets: string[] = [];
  private readonly token?: AccessToken;

  constructor(credentials: RestCredentials, agent: Agent, { timeoutMs }: RestSettings, userAgent: string) {
    const { signingSecret, previousSigningSecret } = credentials;
    this.signingSecrets = [signingSecret, previousSigningSecret].filter((each) => each !== undefined);
    switch (credentials.type) {
      case 'basic': {
        const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
        this.headers.authorization = `Basic ${pair}`;
        this.secrets.push(pair, credentials.password);
        break;
      }
      case 'bearer':
        this.headers.authorization = `Bearer ${credentials.token}`;
        this.secrets.push(credentials.token);
        break;
      case 'header':
        this.headers[credentials.name.toLowerCase()] = credentials.value;
        this.secrets.push(credentials.value);
        break;
      case 'query':
        this.query[credentials.name] = credentials.value;
        this.secrets.push(credentials.value);
        break;
      case 'oauth2-client-credentials':
        this.token = new AccessToken(agent, credentials, { timeoutMs, userAgent });
        this.secrets.push(credentials.clientSecret);
        break;
      case 'oauth2-refresh-token': {
        const { refreshToken, ...client } = credentials;
        // RFC 6749 section 6.
        const grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
        const tokenParameters = { ...client.tokenParameters, ...grant };
        this.token = new AccessToken(agent, { ...client, tokenParameters }, { timeoutMs, userAgent });
        this.secrets.push(credentials.clientSecret, refreshToken);
        break;
      }
      default:
    }
    this.secrets.push(...this.signingSecrets);
  }

  /** Undefined where the connection has no such credentials. `refused`: the token that was turned down just now. */
  fetch(refused?: string): Promise<TokenResult> | undefined {
    return this.token?.get(refused);
  }
}
