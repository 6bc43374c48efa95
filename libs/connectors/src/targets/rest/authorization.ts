import type { Agent } from 'undici';
import { AccessToken } from '../../http/access-token.js';
import { fixedAuthorization } from '../../http/fixed-authorization.js';
import type { RestCredentials, RestSettings } from './settings.js';

/** What proves to the app who is calling: fixed headers, a parameter, or a token that is fetched. */
export class Authorization {
  readonly headers: Record<string, string> = {};
  readonly query: Record<string, string> = {};
  readonly signingSecrets: string[];
  /** Texts that must not be seen. */
  readonly secrets: string[] = [];
  /** Where the connection has credentials for a token. */
  readonly tokens?: AccessToken;

  constructor(credentials: RestCredentials, agent: Agent, { timeoutMs }: RestSettings, userAgent: string) {
    const { signingSecret, previousSigningSecret } = credentials;
    this.signingSecrets = [signingSecret, previousSigningSecret].filter((each) => each !== undefined);
    switch (credentials.type) {
      case 'basic':
      case 'bearer':
      case 'header': {
        const { headers, secrets } = fixedAuthorization(credentials);
        this.headers = headers;
        this.secrets.push(...secrets);
        break;
      }
      case 'query':
        this.query[credentials.name] = credentials.value;
        this.secrets.push(credentials.value);
        break;
      case 'oauth2-client-credentials':
        this.tokens = new AccessToken(agent, credentials, { timeoutMs, userAgent });
        this.secrets.push(credentials.clientSecret);
        break;
      case 'oauth2-refresh-token': {
        const { refreshToken, ...client } = credentials;
        // RFC 6749 section 6.
        const grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
        const tokenParameters = { ...client.tokenParameters, ...grant };
        this.tokens = new AccessToken(agent, { ...client, tokenParameters }, { timeoutMs, userAgent });
        this.secrets.push(credentials.clientSecret, refreshToken);
        break;
      }
      default:
    }
    this.secrets.push(...this.signingSecrets);
  }
}
