import { isObject } from '@rollcall/scim';
import type { Agent } from 'undici';
import type { ConnectorRuntime, Refusal, SubjectType, WireCall } from '../../contract.js';
import { AccessToken } from '../../http/access-token.js';
import { openAgent } from '../../http/agent.js';
import { answerTooLong } from '../../http/answer-too-long.js';
import { askWithToken, refusalWithoutToken } from '../../http/ask-with-token.js';
import { exchange, type HttpAnswer, type HttpFailure } from '../../http/exchange.js';
import { fixedAuthorization } from '../../http/fixed-authorization.js';
import { parseJson } from '../../http/parse-json.js';
import { rateHints } from '../../http/rate-hints.js';
import { refusalOfFailure } from '../../http/refusal-of-failure.js';
import { withoutSecrets } from '../../http/without-secrets.js';
import { fromWire } from './dialect.js';
import { isForeign404, refusalOf, type Attempted, type Reply } from './refusal.js';
import type { Scim2Credentials, Scim2Settings } from './settings.js';

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the base URL, already encoded where it must be. */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  /** The version of the object that may be overwritten. */
  ifMatch?: string;
  /** The answer is useless unless it is JSON. */
  wantsBody?: boolean;
  attributes?: string[];
  signal?: AbortSignal;
}

export type Sent =
  | { call: WireCall; reply: Reply; refused?: undefined }
  | {
      call: WireCall;
      reply?: Reply;
      failure?: HttpFailure;
      /** What failed is the token URL: the app was not asked. */
      unasked?: boolean;
      refused: Refusal;
    };

const remedies = {
  address: 'Allow the network in HUB_TARGET_NETWORKS, or correct the base URL.',
  refused: 'Check token URL, client id, client secret and scope of this connection.',
};

export const collectionOf: Record<SubjectType, string> = { user: '/Users', group: '/Groups' };

/** Authenticated calls to one SCIM base URL, one attempt each; the answer is read as far as HTTP goes. */
export class Session {
  /** The app has turned PATCH down: PUT is used from then on. */
  patchRefused = false;
  private readonly agent: Agent;
  private readonly base: URL;
  private readonly token?: AccessToken;
  private readonly fixedHeaders: Record<string, string> = {};
  private readonly secrets: string[] = [];

  constructor(
    readonly settings: Scim2Settings,
    credentials: Scim2Credentials,
    private readonly runtime: ConnectorRuntime,
  ) {
    const { timeoutMs, connections, caCertificates } = settings;
    this.base = baseOf(settings);
    this.agent = openAgent({
      allowAddress: runtime.allowAddress,
      connections,
      connectTimeoutMs: timeoutMs,
      caCertificates,
      clientCertificate: credentials.clientCertificate,
      clientKey: credentials.clientKey,
    });
    if (credentials.type === 'oauth2-client-credentials') {
      this.token = new AccessToken(this.agent, credentials, { timeoutMs, userAgent: runtime.userAgent });
      this.secrets = [credentials.clientSecret];
    } else if (credentials.type !== 'certificate') {
      const { headers, secrets } = fixedAuthorization(credentials);
      this.fixedHeaders = headers;
      this.secrets = secrets;
    }
  }

  /** The call as it goes over the wire, without its headers. */
  wire(call: Call): WireCall {
    return {
      method: call.method,
      url: this.urlOf(call).href,
      ...(call.body !== undefined && { body: call.body }),
    };
  }

  async send(call: Call): Promise<Sent> {
    const wire = this.wire(call);
    const ask = (token?: string) => this.attempt(call, wire, token);
    const asked = this.token
      ? await askWithToken(this.token, ask)
      : { answer: await ask(), token: undefined };
    if ('noToken' in asked)
      return { call: wire, unasked: true, ...refusalWithoutToken(asked.noToken, remedies) };
    const { answer, token } = asked;
    const attempted: Attempted = {
      kind: call.method === 'GET' ? 'read' : 'write',
      collection: !/^\/(?:Users|Groups)\/./.test(call.path),
      attributes: call.attributes,
      duplicateAnswers: this.settings.duplicateAnswers,
    };
    if (answer.kind === 'failure') {
      const refused = refusalOfFailure(answer, attempted.kind, remedies.address);
      return { call: wire, failure: answer, refused };
    }
    const reply = this.replyOf(answer, token, call);
    if (reply.status < 200 || reply.status >= 300) {
      const real = !attempted.collection && isForeign404(reply) && (await this.isThere(call));
      return {
        call: wire,
        reply,
        refused: refusalOf(real ? { ...reply, text: '' } : reply, attempted, Date.now()),
      };
    }
    if (call.wantsBody && reply.body === undefined) return { call: wire, reply, refused: unreadable(reply) };
    return { call: wire, reply };
  }

  /** Whether the collection the object would be in answers as SCIM. */
  private async isThere({ path, signal }: Call): Promise<boolean> {
    const collection = path.slice(0, path.indexOf('/', 1));
    const sent = await this.send({
      method: 'GET',
      path: collection,
      query: { startIndex: '1', count: '1', excludedAttributes: 'members' },
      wantsBody: true,
      signal,
    });
    return !sent.refused;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private urlOf({ path, query }: Call): URL {
    const url = new URL(this.base);
    url.pathname = url.pathname.replace(/\/+$/, '') + path + (this.settings.trailingSlash ? '/' : '');
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.append(name, value);
    // URLSearchParams writes a space as "+", which some servers take literally.
    url.search = url.search.replaceAll('+', '%20');
    return url;
  }

  private attempt(call: Call, wire: WireCall, token?: string): Promise<HttpAnswer | HttpFailure> {
    const { settings } = this;
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    return exchange(this.agent, {
      method: call.method,
      url: new URL(wire.url),
      headers: {
        ...this.fixedHeaders,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        accept: `${settings.contentType}, application/json;q=0.9`,
        'user-agent': this.runtime.userAgent,
        ...(body !== undefined && { 'content-type': settings.contentType }),
        ...(call.ifMatch !== undefined && { 'if-match': call.ifMatch }),
      },
      body,
      timeoutMs: settings.timeoutMs,
      maxAnswerBytes: settings.maxAnswerBytes,
      signal: call.signal,
    });
  }

  private replyOf(answer: HttpAnswer, token: string | undefined, { body }: Call): Reply {
    const password = isObject(body) && typeof body.password === 'string' ? body.password : undefined;
    const { status, headers, text, tooLong } = withoutSecrets(answer, [...this.secrets, token, password]);
    return {
      status,
      headers,
      text,
      body: fromWire(parseJson(text), this.settings),
      tooLong,
      hints: rateHints(headers, Date.now()),
    };
  }
}

function baseOf({ baseUrl, basePath }: Scim2Settings): URL {
  const url = new URL(baseUrl);
  const path = url.pathname.replace(/\/+$/, '');
  if (basePath !== undefined && !path.endsWith(basePath)) url.pathname = path + basePath;
  return url;
}

function unreadable(reply: Reply): Refusal {
  if (reply.tooLong) return answerTooLong(reply);
  return {
    kind: 'retry',
    scope: 'connection',
    message: 'The target answered with something other than SCIM JSON. Check the base URL.',
    answer: `HTTP ${reply.status} ${String(reply.headers['content-type'] ?? '')}`.trim(),
  };
}
