import type { Agent } from 'undici';
import type { ConnectorRuntime, RateHints, Refusal, WireCall } from '../../contract.js';
import { openAgent } from '../../http/agent.js';
import { answerTooLong } from '../../http/answer-too-long.js';
import { askWithToken, refusalWithoutToken } from '../../http/ask-with-token.js';
import { exchange, type HttpAnswer, type HttpFailure } from '../../http/exchange.js';
import { rateHints } from '../../http/rate-hints.js';
import { refusalOfFailure } from '../../http/refusal-of-failure.js';
import { type Document, parseXml } from './parse-xml.js';
import { addressRemedy, refusalOf } from './refusal.js';
import type { WorkdayCredentials, WorkdaySettings } from './settings.js';
import { SignIn } from './sign-in.js';
import { faultIn, type SoapFault } from './soap-fault.js';
import type { Xml } from './xml-text.js';

export interface SoapCall {
  kind: 'read' | 'write';
  request: Xml;
  signal?: AbortSignal;
}

type SoapResult =
  | { document: Document; hints?: RateHints; call: WireCall; refused?: undefined }
  | { refused: Refusal; failure?: HttpFailure; call: WireCall };

const remedies = {
  address: addressRemedy,
  refused:
    'Check the API client of this connection at Workday: client id, secret or key, refresh token, and that it is not disabled.',
};

const envelope = 'http://schemas.xmlsoap.org/soap/envelope/';

/** Authenticated calls to the web services of one tenant, one attempt each. */
export class Session {
  readonly agent: Agent;
  readonly signIn: SignIn;
  readonly base: string;
  /** How far Workday's clock is ahead of ours, in ms, as its last answer told. */
  private ahead = 0;

  constructor(
    readonly settings: WorkdaySettings,
    credentials: WorkdayCredentials,
    readonly runtime: ConnectorRuntime,
  ) {
    this.base = settings.url.replace(/\/+$/, '');
    this.agent = openAgent({
      allowAddress: runtime.allowAddress,
      connections: settings.connections,
      connectTimeoutMs: settings.timeoutMs,
      caCertificates: settings.caCertificates,
    });
    const at = { ...settings, url: this.base };
    this.signIn = new SignIn(at, credentials, this.agent, runtime.userAgent, () => this.now());
  }

  /** The time at Workday, epoch ms: what is entered there carries it. */
  now(): number {
    return Date.now() + this.ahead;
  }

  noteClock(date: string | string[] | undefined): void {
    const told = Date.parse(String(date));
    if (Number.isNaN(told)) return;
    const ahead = told - Date.now();
    // The header has whole seconds and has travelled.
    this.ahead = Math.abs(ahead) > 2_000 ? ahead : 0;
  }

  /** The call as it goes over the wire, without what signs it in. */
  wire({ request }: SoapCall): WireCall {
    const { tenant, apiVersion } = this.settings;
    return {
      method: 'POST',
      url: `${this.base}/ccx/service/${tenant}/Human_Resources/${apiVersion}`,
      body: request.text,
    };
  }

  async soap(call: SoapCall): Promise<SoapResult> {
    const wire = this.wire(call);
    const signed = await this.signedIn(
      (token) => this.post(call, wire.url, token),
      (answer) =>
        answer.kind === 'answer' &&
        (answer.status === 401 || (answer.status === 500 && /authenticationError/.test(answer.text))),
    );
    if ('refused' in signed) return { ...signed, call: wire };
    const { answer } = signed;
    if (answer.kind === 'failure')
      return { refused: refusalOfFailure(answer, call.kind, addressRemedy), failure: answer, call: wire };
    this.noteClock(answer.headers.date);
    if (answer.tooLong) return { refused: answerTooLong(answer), call: wire };
    const hints = rateHints(answer.headers, Date.now());
    const document = parseXml(answer.text);
    const fault = document && this.clean(faultIn(document), signed.token);
    if (answer.status !== 200 || fault) {
      const location = originOf(answer.headers.location, wire.url);
      const refused = { status: answer.status, hints, fault, location };
      return { refused: refusalOf(refused, call.kind, Date.now()), call: wire };
    }
    if (document) return { document, hints, call: wire };
    return { refused: unreadable(answer, call.kind), call: wire };
  }

  /** Asks with a token where there is one, and once more with a new one where it was turned down. */
  async signedIn<T extends { kind: 'answer'; status: number } | { kind: 'failure' }>(
    ask: (token: string | undefined) => Promise<T>,
    turnedDown?: (answer: T) => boolean,
  ): Promise<{ answer: T; token?: string } | { refused: Refusal; failure?: HttpFailure }> {
    const { token } = this.signIn;
    if (!token) return { answer: await ask(undefined) };
    const asked = await askWithToken(token, ask, turnedDown);
    return 'noToken' in asked ? refusalWithoutToken(asked.noToken, remedies) : asked;
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private post(call: SoapCall, url: string, token: string | undefined): Promise<HttpAnswer | HttpFailure> {
    const header = this.signIn.soapHeader();
    const body =
      `<?xml version="1.0" encoding="UTF-8"?>` +
      `<env:Envelope xmlns:env="${envelope}" xmlns:wd="urn:com.workday/bsvc">` +
      `<env:Header>${header}</env:Header><env:Body>${call.request.text}</env:Body></env:Envelope>`;
    return exchange(this.agent, {
      method: 'POST',
      url: new URL(url),
      headers: {
        'content-type': 'text/xml; charset=UTF-8',
        accept: 'text/xml',
        soapaction: '""',
        'user-agent': this.runtime.userAgent,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body,
      timeoutMs: this.settings.timeoutMs,
      maxAnswerBytes: this.settings.maxAnswerBytes,
      signal: call.signal,
    });
  }

  /** A fault may repeat what was sent; none of it that is secret may reach a message. */
  private clean(fault: SoapFault | undefined, token: string | undefined): SoapFault | undefined {
    if (!fault) return undefined;
    const secrets = [...this.signIn.secrets, ...(token === undefined ? [] : [token])];
    const without = (text: string) => secrets.reduce((left, secret) => left.replaceAll(secret, '***'), text);
    const { code, message, xpath } = fault;
    return { code, message: without(message), ...(xpath !== undefined && { xpath: without(xpath) }) };
  }
}

const originOf = (location: string | undefined, base: string): string | undefined =>
  location !== undefined && URL.canParse(location, base) ? new URL(location, base).origin : undefined;

function unreadable({ status, headers }: HttpAnswer, kind: SoapCall['kind']): Refusal {
  return {
    kind: 'retry',
    scope: 'connection',
    message:
      'The answer is not the XML of a web service, or declares a document type. Check the web services host.',
    ...(kind === 'write' && { maybeDone: true }),
    answer: `HTTP ${status} ${String(headers['content-type'] ?? '')}`.trim(),
  };
}
