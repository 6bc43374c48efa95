import { randomUUID } from 'node:crypto';
import { isObject } from '@rollcall/scim';
import type { Agent } from 'undici';
import type { ConnectorRuntime, Refusal, WireCall } from '../../contract.js';
import { AccessToken } from '../../http/access-token.js';
import { openAgent } from '../../http/agent.js';
import { answerTooLong } from '../../http/answer-too-long.js';
import { askWithToken, type NoToken } from '../../http/ask-with-token.js';
import { exchange, type HttpAnswer, type HttpFailure } from '../../http/exchange.js';
import { parseJson } from '../../http/parse-json.js';
import { rateHints } from '../../http/rate-hints.js';
import { refusalOfFailure } from '../../http/refusal-of-failure.js';
import { withoutSecrets } from '../../http/without-secrets.js';
import { FreshObjects } from './fresh-objects.js';
import { type Attempted, refusalOf, type Reply } from './refusal.js';
import type { GraphCredentials, GraphSettings } from './settings.js';
import { grantOf, rolesIn, tokenRemedy } from './sign-in.js';
import { passwordIn, withoutPassword } from './write-body.js';

export interface Call {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Path below the version, already encoded where it must be. */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  /** The address names an object that may be gone. */
  object?: boolean;
  /** POST that changes nothing. */
  reads?: boolean;
  /** With the advanced query engine: https://learn.microsoft.com/graph/aad-advanced-queries */
  advanced?: boolean;
  prefer?: string;
  attributes?: string[];
  signal?: AbortSignal;
}

export type Sent =
  | { call: WireCall; reply: Reply; refused?: undefined }
  | { call: WireCall; reply?: Reply; failure?: HttpFailure; refused: Refusal };

const mostInBatch = 20;
const addressRemedy = 'Allow the network in HUB_TARGET_NETWORKS, or correct the addresses in the settings.';

/** Authenticated calls to Microsoft Graph, one attempt each; the answer is read as far as HTTP and its errors go. */
export class Session {
  readonly fresh = new FreshObjects();
  private readonly agent: Agent;
  private readonly token: AccessToken;
  private readonly base: URL;
  private granted: string[] | undefined;

  constructor(
    readonly settings: GraphSettings,
    credentials: GraphCredentials,
    private readonly runtime: ConnectorRuntime,
  ) {
    const { timeoutMs, connections, caCertificates } = settings;
    const { allowAddress, userAgent } = runtime;
    this.base = new URL(settings.graphUrl);
    this.agent = openAgent({ allowAddress, connections, connectTimeoutMs: timeoutMs, caCertificates });
    this.token = new AccessToken(this.agent, grantOf(settings, credentials), { timeoutMs, userAgent });
  }

  /** Application permissions of the token that was last used; undefined when they are not known. */
  get roles(): string[] | undefined {
    return this.granted;
  }

  /** The call as it goes over the wire, without headers and passwords. */
  wire(call: Call): WireCall {
    return {
      method: call.method,
      url: this.urlOf(call).href,
      ...(call.body !== undefined && { body: withoutPassword(call.body) }),
    };
  }

  /** Reference to an object in `@odata.bind` and `@odata.id`. */
  reference(id: string): string {
    return `${this.base.href.replace(/\/+$/, '')}/directoryObjects/${encodeURIComponent(id)}`;
  }

  /** The part of a link from Graph below the version; undefined when it leads elsewhere. */
  belowBase(link: string): string | undefined {
    if (!URL.canParse(link)) return undefined;
    const { pathname, search } = new URL(link);
    const base = this.base.pathname.replace(/\/+$/, '');
    return pathname.startsWith(`${base}/`) ? `${pathname.slice(base.length)}${search}` : undefined;
  }

  async send(call: Call): Promise<Sent> {
    const wire = this.wire(call);
    const asked = await askWithToken(this.token, (token) => {
      this.granted = rolesIn(token);
      return this.attempt(call, token);
    });
    if ('noToken' in asked) return { call: wire, ...withoutToken(asked.noToken) };
    const { answer, token } = asked;
    const attempted = attemptedBy(call);
    if (answer.kind === 'failure') {
      const refused = refusalOfFailure(answer, attempted.kind, addressRemedy);
      return { call: wire, failure: answer, refused };
    }
    const reply = replyOf(withoutSecrets(answer, [token, passwordIn(call.body)]));
    if (reply.status < 200 || reply.status >= 300)
      return { call: wire, reply, refused: refusalOf(reply, attempted, Date.now()) };
    // Writes mostly answer nothing at all.
    if (!isObject(reply.body) && (call.method === 'GET' || answer.text.trim() !== ''))
      return { call: wire, reply, refused: unreadable(reply, attempted.kind) };
    return { call: wire, reply };
  }

  /**
   * Many calls in one (https://learn.microsoft.com/graph/json-batching), 20 at most; each has an answer of its own. One
   * call goes alone.
   */
  async sendTogether(calls: Call[]): Promise<Sent[]> {
    if (calls.length > mostInBatch) throw new RangeError(`${calls.length} calls are too many for a batch.`);
    if (calls.length === 1) return [await this.send(calls[0]!)];
    const requests = calls.map((call, at) => ({
      id: String(at),
      method: call.method,
      url: call.path,
      ...(call.body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: call.body }),
    }));
    const whole = await this.send({
      method: 'POST',
      path: '/$batch',
      body: { requests },
      signal: calls[0]?.signal,
    });
    if (whole.refused) return calls.map((call) => ({ ...whole, call: this.wire(call) }));
    const { body } = whole.reply;
    const responses = isObject(body) && Array.isArray(body.responses) ? body.responses.filter(isObject) : [];
    return calls.map((call, at) =>
      this.partOf(
        call,
        responses.find(({ id }) => id === String(at)),
      ),
    );
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private partOf(call: Call, response: Record<string, unknown> | undefined): Sent {
    const wire = this.wire(call);
    const attempted = attemptedBy(call);
    if (!response || typeof response.status !== 'number') {
      const message = 'Microsoft Graph left a call of a batch without an answer.';
      return { call: wire, refused: { kind: 'retry', scope: 'object', message, maybeDone: true } };
    }
    const headers = Object.fromEntries(
      Object.entries(isObject(response.headers) ? response.headers : {}).map(([name, value]) => [
        name.toLowerCase(),
        String(value),
      ]),
    );
    const hints = rateHints(headers, Date.now());
    const { status, body } = response;
    const reply: Reply = { status, headers, body, tooLong: false, ...(hints && { hints }) };
    if (status >= 200 && status < 300) return { call: wire, reply };
    return { call: wire, reply, refused: refusalOf(reply, attempted, Date.now()) };
  }

  private urlOf({ path, query, advanced }: Call): URL {
    const url = new URL(`${this.base.href.replace(/\/+$/, '')}${path}`);
    const all = { ...query, ...(advanced && { $count: 'true' }) };
    // Encoded by hand: Graph wants its $ as it is, and "+" would be taken for itself.
    const added = Object.entries(all).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    if (added.length > 0) url.search = [url.search.replace(/^\?/, ''), ...added].filter(Boolean).join('&');
    return url;
  }

  private attempt(call: Call, token: string): Promise<HttpAnswer | HttpFailure> {
    const { settings } = this;
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    return exchange(this.agent, {
      method: call.method,
      url: this.urlOf(call),
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'user-agent': this.runtime.userAgent,
        'client-request-id': randomUUID(),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(call.advanced && { consistencylevel: 'eventual' }),
        ...(call.prefer !== undefined && { prefer: call.prefer }),
      },
      body,
      timeoutMs: settings.timeoutMs,
      maxAnswerBytes: settings.maxAnswerBytes,
      signal: call.signal,
    });
  }
}

const attemptedBy = ({ method, reads, object, attributes }: Call): Attempted => ({
  kind: method === 'GET' || reads ? 'read' : 'write',
  object: object ?? false,
  ...(attributes && { attributes }),
});

function replyOf({ status, headers, text, tooLong }: HttpAnswer): Reply {
  const hints = rateHints(headers, Date.now());
  return { status, headers, body: parseJson(text), tooLong, ...(hints && { hints }) };
}

function withoutToken(got: NoToken): { refused: Refusal; failure?: HttpFailure } {
  const { message } = got;
  if (got.kind === 'unavailable') {
    const { failure } = got;
    // A token that was not given has changed nothing.
    if (failure) return { refused: refusalOfFailure(failure, 'read', addressRemedy), failure };
    return { refused: { kind: 'retry', scope: 'connection', message } };
  }
  const { numbers } = got;
  const code = numbers?.[0] === undefined ? '' : ` AADSTS${numbers[0]}`;
  return { refused: { kind: 'denied', message: `${message}${code}`, remedy: tokenRemedy(numbers) } };
}

/** A web page, of a proxy that wants a sign-in for one. A write may have been done behind it. */
function unreadable(reply: Reply, kind: Attempted['kind']): Refusal {
  if (reply.tooLong) return answerTooLong(reply);
  return {
    kind: 'retry',
    scope: 'connection',
    message: 'Microsoft Graph answered with something other than JSON. Check its address in the settings.',
    answer: `HTTP ${reply.status}`,
    ...(kind === 'write' && { maybeDone: true }),
  };
}
