import { randomUUID } from 'node:crypto';
import type { Agent } from 'undici';
import type { ConnectorRuntime, Refusal, WireCall } from '../../contract.js';
import { openAgent } from '../../http/agent.js';
import { askWithToken, refusalWithoutToken } from '../../http/ask-with-token.js';
import { exchange, type HttpAnswer, type HttpFailure } from '../../http/exchange.js';
import { parseJson } from '../../http/parse-json.js';
import { rateHints } from '../../http/rate-hints.js';
import { refusalOfFailure } from '../../http/refusal-of-failure.js';
import { withoutSecrets } from '../../http/without-secrets.js';
import { Authorization } from './authorization.js';
import { Expressions } from './expressions.js';
import { messageId } from './message-id.js';
import type { OperationInput } from './operation-input.js';
import { refusalOf, type Attempted, type Meaning, type Reply, unreadable } from './refusal.js';
import { type Rendered, renderRequest, wireOf } from './render-request.js';
import type { RestCredentials, RestRequest, RestSettings } from './settings.js';
import { signatureHeaders } from './sign-request.js';
import { parametersOf, parseTemplate } from './url-template.js';

export type Sent =
  | { call?: WireCall; reply: Reply; refused?: undefined }
  | { call?: WireCall; reply?: Reply; failure?: HttpFailure; refused: Refusal };

const remedies = {
  address: 'Allow the network in HUB_TARGET_NETWORKS, or correct the base URL.',
  refused: 'Check token URL, client id, client secret and, where there is one, the refresh token.',
};

/** Calls to one REST API, one attempt each; what an answer means is read as the settings say. */
export class Session {
  readonly expressions = new Expressions();
  private readonly agent: Agent;
  private readonly authorization: Authorization;

  constructor(
    readonly settings: RestSettings,
    credentials: RestCredentials,
    private readonly runtime: ConnectorRuntime,
  ) {
    const { timeoutMs, connections, caCertificates } = settings;
    this.agent = openAgent({
      allowAddress: runtime.allowAddress,
      connections,
      connectTimeoutMs: timeoutMs,
      caCertificates,
      clientCertificate: credentials.clientCertificate,
      clientKey: credentials.clientKey,
    });
    this.authorization = new Authorization(credentials, this.agent, settings, runtime.userAgent);
  }

  /** The call as it would be made, without credentials. */
  async plan(
    request: RestRequest,
    input: OperationInput,
  ): Promise<{ call: WireCall } | { refused: Refusal }> {
    const made = await renderRequest(request, input, this.settings, this.expressions);
    return 'refused' in made ? made : { call: wireOf(made.rendered) };
  }

  async send(request: RestRequest, input: OperationInput, signal?: AbortSignal): Promise<Sent> {
    const made = await renderRequest(request, input, this.settings, this.expressions);
    if ('refused' in made) return made;
    return this.sendRendered(request, input, made.rendered, signal);
  }

  /** For links that an app gives to its next page: the same request to another address of the same app. */
  async sendTo(url: URL, request: RestRequest, input: OperationInput): Promise<Sent> {
    const made = await renderRequest(request, input, this.settings, this.expressions);
    if ('refused' in made) return made;
    return this.sendRendered(request, input, { ...made.rendered, url });
  }

  /** What expressions over an answer see. */
  inputOf(reply: Reply, input: OperationInput): object {
    const { status, headers, body, text } = reply;
    return { ...input, status, headers, body, text };
  }

  /** Names of what an address carries only on its way. */
  get secretParameters(): string[] {
    return Object.keys(this.authorization.query);
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async sendRendered(
    request: RestRequest,
    input: OperationInput,
    rendered: Rendered,
    signal?: AbortSignal,
  ): Promise<Sent> {
    const call = wireOf(rendered);
    const { tokens } = this.authorization;
    const ask = (token?: string) => this.attempt(rendered, input, token, signal);
    const asked = tokens ? await askWithToken(tokens, ask) : { answer: await ask(), token: undefined };
    if ('noToken' in asked) return { call, ...refusalWithoutToken(asked.noToken, remedies) };
    const { answer, token } = asked;
    const kind = request.method === 'GET' ? 'read' : 'write';
    if (answer.kind === 'failure')
      return { call, failure: answer, refused: refusalOfFailure(answer, kind, remedies.address) };
    const { answers } = this.settings;
    const { status } = answer;
    const succeeded = request.success?.includes(status) ?? (status >= 200 && status < 300);
    const reply = this.replyOf(answer, token, !succeeded || answers.failed !== undefined);
    const seen = this.inputOf(reply, input);
    if (succeeded) {
      if (answers.failed === undefined) return { call, reply };
      const judged = await this.expressions.evaluate(answers.failed, seen);
      if ('error' in judged) {
        const refused = unreadable(reply, `answers.failed cannot be worked out: ${judged.error}`);
        return { call, reply, refused: { ...refused, ...(kind === 'write' && { maybeDone: true }) } };
      }
      if (judged.value !== true) return { call, reply };
    }
    const attempted: Attempted = {
      kind,
      ofObject: parametersOf(parseTemplate(request.path)).length > 0,
      attributes: this.attributesOf(input),
    };
    return { call, reply, refused: refusalOf(reply, attempted, await this.meaningOf(seen), Date.now()) };
  }

  private async meaningOf(seen: object): Promise<Meaning> {
    const { conflict, notFound, denied, retry, message } = this.settings.answers;
    const text = message === undefined ? undefined : await this.expressions.evaluate(message, seen);
    return {
      conflict: await this.expressions.holds(conflict, seen),
      notFound: await this.expressions.holds(notFound, seen),
      denied: await this.expressions.holds(denied, seen),
      retry: await this.expressions.holds(retry, seen),
      ...(text && 'value' in text && typeof text.value === 'string' && { message: text.value }),
    };
  }

  /** Those that are known and those that are sent: an app may also miss one. */
  private attributesOf({ type, attributes, changes }: OperationInput): { name: string; title?: string }[] {
    const known = this.settings[`${type}s`]?.attributes ?? [];
    const sent = Object.keys(changes ?? attributes ?? {}).map((name) => ({ name }));
    return [...known, ...sent];
  }

  private attempt(
    rendered: Rendered,
    input: OperationInput,
    token: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer | HttpFailure> {
    const { authorization, settings } = this;
    const url = new URL(rendered.url);
    for (const [name, value] of Object.entries(authorization.query)) url.searchParams.set(name, value);
    const signed =
      authorization.signingSecrets.length === 0
        ? {}
        : signatureHeaders(settings.signature, authorization.signingSecrets, {
            id: messageId(input, rendered.text) ?? randomUUID(),
            at: Date.now(),
            method: rendered.method,
            path: url.pathname + url.search,
            body: rendered.text ?? '',
          });
    return exchange(this.agent, {
      method: rendered.method,
      url,
      headers: {
        accept: 'application/json',
        'user-agent': this.runtime.userAgent,
        ...rendered.headers,
        ...signed,
        ...authorization.headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: rendered.text,
      timeoutMs: settings.timeoutMs,
      maxAnswerBytes: settings.maxAnswerBytes,
      signal,
    });
  }

  private replyOf(answer: HttpAnswer, token: string | undefined, failed: boolean): Reply {
    const secrets = [...this.authorization.secrets, token];
    const { headers, text } = withoutSecrets(answer, secrets, failed);
    const { limit, remaining, reset, retryAfter } = this.settings.rateHeaders;
    const named = (standard: string, name?: string) =>
      name === undefined ? {} : { [standard]: answer.headers[name.toLowerCase()] };
    const hints = rateHints(
      {
        ...answer.headers,
        ...named('ratelimit-limit', limit),
        ...named('ratelimit-remaining', remaining),
        ...named('ratelimit-reset', reset),
        ...named('retry-after', retryAfter),
      },
      Date.now(),
    );
    return { status: answer.status, headers, text, body: parseJson(text), tooLong: answer.tooLong, hints };
  }
}
