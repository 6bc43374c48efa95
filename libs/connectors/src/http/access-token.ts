import { isObject } from '@rollcall/scim';
import type { Dispatcher } from 'undici';
import { exchange, type HttpFailure } from './exchange.js';
import { parseJson } from './parse-json.js';

export interface ClientCredentials {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope?: string;
  /** Where the client's id and secret go (RFC 6749 section 2.3.1). Default: header. */
  clientAuthentication?: 'header' | 'body';
  /** Sent as well, and instead of what is sent otherwise: `grant_type` for apps with a grant of their own. */
  tokenParameters?: Record<string, string>;
}

/** A grant of another kind, such as a signed assertion (RFC 7523): the form is made anew for each token. */
export interface TokenGrant {
  tokenUrl: string;
  form(): Promise<Record<string, string>>;
}

export type TokenResult =
  | { kind: 'token'; token: string }
  /** `code`: of RFC 6749 section 5.2, where the endpoint gives one. `numbers`: `error_codes` of Microsoft Entra. */
  | { kind: 'refused'; message: string; code?: string; numbers?: number[] }
  | { kind: 'unavailable'; message: string; failure?: HttpFailure };

const earlyMs = 60_000;
const unknownLifetimeMs = 300_000;

/** An OAuth 2.0 token by client credentials (RFC 6749 section 4.4) or another grant, kept until a minute before it expires. */
export class AccessToken {
  private held: { token: string; until: number } | undefined;
  private fetching: Promise<TokenResult> | undefined;

  constructor(
    private readonly agent: Dispatcher,
    private readonly client: ClientCredentials | TokenGrant,
    private readonly options: { timeoutMs: number; userAgent: string },
  ) {}

  /** `refused`: the token the target has just turned down; a newer one is fetched unless somebody has already. */
  get(refused?: string): Promise<TokenResult> {
    const { held } = this;
    if (held && held.token !== refused && held.until > Date.now()) {
      return Promise.resolve({ kind: 'token', token: held.token });
    }
    this.fetching ??= this.fetch().finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private async fetch(): Promise<TokenResult> {
    const { client } = this;
    const headers: Record<string, string> = {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      'user-agent': this.options.userAgent,
    };
    const form =
      'form' in client ? new URLSearchParams(await client.form()) : clientCredentialsForm(client, headers);
    const result = await exchange(this.agent, {
      method: 'POST',
      url: new URL(client.tokenUrl),
      headers,
      body: form.toString(),
      timeoutMs: this.options.timeoutMs,
      maxAnswerBytes: 1 << 20,
    });
    if (result.kind === 'failure') return { kind: 'unavailable', message: result.message, failure: result };
    const parsed = parseJson(result.text);
    const answer = isObject(parsed) ? parsed : undefined;
    if (result.status >= 200 && result.status < 300 && typeof answer?.access_token === 'string') {
      const lifetime = Number(answer.expires_in) * 1000;
      const keep = Number.isFinite(lifetime) ? Math.max(lifetime - earlyMs, lifetime / 2) : unknownLifetimeMs;
      this.held = { token: answer.access_token, until: Date.now() + keep };
      return { kind: 'token', token: answer.access_token };
    }
    // Only a code of RFC 6749 section 5.2: anything else may echo what was sent.
    const code =
      typeof answer?.error === 'string' && /^[a-z_]{1,40}$/.test(answer.error) ? answer.error : undefined;
    const message = `The token endpoint ${new URL(client.tokenUrl).host} answered ${result.status}${code ? ` (${code})` : ''}.`;
    const passing = result.status >= 500 || result.status === 429 || result.status === 408;
    if (passing) return { kind: 'unavailable', message };
    const given: unknown = answer?.error_codes;
    const numbers = Array.isArray(given) ? given.filter((each) => typeof each === 'number') : [];
    return { kind: 'refused', message, ...(code && { code }), ...(numbers.length > 0 && { numbers }) };
  }
}

/** Puts id and secret where the client has them: into the headers, or into the form. */
function clientCredentialsForm(client: ClientCredentials, headers: Record<string, string>): URLSearchParams {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (client.scope) form.set('scope', client.scope);
  for (const [name, value] of Object.entries(client.tokenParameters ?? {})) form.set(name, value);
  if (client.clientAuthentication === 'body') {
    form.set('client_id', client.clientId);
    form.set('client_secret', client.clientSecret);
  } else {
    const pair = `${formEncode(client.clientId)}:${formEncode(client.clientSecret)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  return form;
}

const formEncode = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);
