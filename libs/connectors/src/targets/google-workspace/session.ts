import { isObject } from '@rollcall/scim';
import type { Agent } from 'undici';
import type { ConnectorRuntime, Refusal, WireCall } from '../../contract.js';
import { AccessToken } from '../../http/access-token.js';
import { openAgent } from '../../http/agent.js';
import { askWithToken, type NoToken, refusalWithoutToken } from '../../http/ask-with-token.js';
import { exchange, type HttpAnswer, type HttpFailure } from '../../http/exchange.js';
import { parseJson } from '../../http/parse-json.js';
import { rateHints } from '../../http/rate-hints.js';
import { refusalOfFailure } from '../../http/refusal-of-failure.js';
import { withoutSecrets } from '../../http/without-secrets.js';
import { refusalOf, unreadable, type Reply } from './refusal.js';
import { signInRemedy, tokenGrant } from './service-account.js';
import { Settling } from './settling.js';
import type { GoogleCredentials, GoogleSettings } from './settings.js';

export interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /admin/directory/v1, already encoded where it must be. */
  path: string;
  query?: Record<string, string>;
  body?: Record<string, unknown>;
  /** The answer is useless unless it is JSON. */
  wantsBody?: boolean;
  signal?: AbortSignal;
}

export type Sent =
  | { call: WireCall; reply: Reply; refused?: undefined }
  | { call: WireCall; reply?: Reply; failure?: HttpFailure; refused: Refusal };

export type Refused = Extract<Sent, { refused: Refusal }>;

/** How signing in failed, where it did. */
export type SignedIn = { token: string; refused?: undefined } | { refused: Refusal; failure?: HttpFailure };

const addressRemedy = 'Allow the network in HUB_TARGET_NETWORKS.';

/** Calls to the Directory API in the name of one administrator, one attempt each. */
export class Session {
  readonly settling = new Settling();
  private readonly agent: Agent;
  private readonly accessToken: AccessToken;
  private readonly base: string;

  constructor(
    readonly settings: GoogleSettings,
    private readonly credentials: GoogleCredentials,
    private readonly runtime: ConnectorRuntime,
  ) {
    const { timeoutMs, connections, caCertificates, baseUrl } = settings;
    const { userAgent, allowAddress } = runtime;
    this.base = `${baseUrl.replace(/\/+$/, '')}/admin/directory/v1`;
    this.agent = openAgent({ allowAddress, connections, connectTimeoutMs: timeoutMs, caCertificates });
    this.accessToken = new AccessToken(this.agent, tokenGrant(settings, credentials), {
      timeoutMs,
      userAgent,
    });
  }

  /** The call as it goes over the wire, without its headers and without a password. */
  wire({ method, path, query, body }: Call): WireCall {
    const url = new URL(this.base + path);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.append(name, value);
    const shown = body && 'password' in body ? { ...body, password: '***' } : body;
    return { method, url: url.href, ...(shown && { body: shown }) };
  }

  async signIn(): Promise<SignedIn> {
    const result = await this.accessToken.get();
    return result.kind === 'token' ? { token: result.token } : this.withoutToken(result);
  }

  async send(call: Call): Promise<Sent> {
    const wire = this.wire(call);
    const asked = await askWithToken(this.accessToken, (token) => this.attempt(call, wire, token));
    if ('noToken' in asked) return { call: wire, ...this.withoutToken(asked.noToken) };
    const { answer, token } = asked;
    const kind = call.method === 'GET' ? 'read' : 'write';
    if (answer.kind === 'failure')
      return { call: wire, failure: answer, refused: refusalOfFailure(answer, kind, addressRemedy) };
    const reply = this.replyOf(answer, token, call);
    if (reply.status < 200 || reply.status >= 300)
      return { call: wire, reply, refused: refusalOf(reply, kind, Date.now()) };
    const isPage = kind === 'write' && reply.text.trim() !== '';
    if (!isObject(reply.body) && (call.wantsBody || isPage))
      return { call: wire, reply, refused: unreadable(reply, kind) };
    return { call: wire, reply };
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private withoutToken(got: NoToken): { refused: Refusal; failure?: HttpFailure } {
    const code = got.kind === 'refused' ? got.code : undefined;
    const refused = signInRemedy(code, this.settings, this.credentials);
    return refusalWithoutToken(got, { address: addressRemedy, refused });
  }

  private attempt(call: Call, wire: WireCall, token: string): Promise<HttpAnswer | HttpFailure> {
    const { timeoutMs, maxAnswerBytes } = this.settings;
    const body = call.body && JSON.stringify(call.body);
    return exchange(this.agent, {
      method: call.method,
      url: new URL(wire.url),
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'user-agent': this.runtime.userAgent,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body,
      timeoutMs,
      maxAnswerBytes,
      signal: call.signal,
    });
  }

  private replyOf(answer: HttpAnswer, token: string, { body }: Call): Reply {
    const password = typeof body?.password === 'string' ? body.password : undefined;
    const { status, text, headers, tooLong } = withoutSecrets(answer, [token, password]);
    const hints = rateHints(headers, Date.now());
    return {
      status,
      text,
      body: parseJson(text),
      tooLong,
      ...(headers.location !== undefined && { location: headers.location }),
      ...(hints && { hints }),
    };
  }
}

/** Of a user or group by id or address. */
export const pathOf = (type: 'user' | 'group', key: string): string => `/${type}s/${encodeURIComponent(key)}`;
