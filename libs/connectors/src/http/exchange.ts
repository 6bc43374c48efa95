import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

export interface HttpRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string;
  /** From the call to the last byte of the answer. */
  timeoutMs: number;
  maxAnswerBytes: number;
  signal?: AbortSignal;
}

export interface HttpAnswer {
  kind: 'answer';
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The answer was longer than allowed: status and headers hold, the text is not there. */
  tooLong: boolean;
}

export interface HttpFailure {
  kind: 'failure';
  cause: 'name' | 'address' | 'connect' | 'tls' | 'timeout' | 'broken' | 'stopped';
  /** The request may have reached the target. */
  sent: boolean;
  message: string;
  /** Of the error, as Node and OpenSSL name it. */
  code?: string;
}

/** One request, one answer: no retries, no redirects followed. Never rejects. */
export function exchange(agent: Dispatcher, request: HttpRequest): Promise<HttpAnswer | HttpFailure> {
  return new Promise((resolve) => {
    const { url, signal } = request;
    let controller: Dispatcher.DispatchController | undefined;
    let sent = false;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    let size = 0;
    const chunks: Buffer[] = [];

    const settle = (result: HttpAnswer | HttpFailure) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve(result);
    };
    const give = (result: HttpAnswer | HttpFailure) => {
      settle(result);
      given = true;
      controller?.abort(new Error('given up'));
    };
    let given = false;
    const stop = () =>
      give({ kind: 'failure', cause: 'stopped', sent, message: 'The hub stopped the call.' });
    const timer = setTimeout(() => {
      const message = `No ${status ? 'complete answer' : sent ? 'answer' : 'connection'} within ${request.timeoutMs} ms.`;
      give({ kind: 'failure', cause: 'timeout', sent, message });
    }, request.timeoutMs);
    if (signal?.aborted) return stop();
    signal?.addEventListener('abort', stop, { once: true });

    agent.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method as Dispatcher.HttpMethod,
        headers: request.headers,
        body: request.body ?? null,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart(started) {
          controller = started;
          // Given up while the socket was still being opened: an abort here keeps the request from being written.
          if (given) started.abort(new Error('given up'));
          else sent = true;
        },
        onResponseStart(_, statusCode, answerHeaders) {
          status = statusCode;
          headers = answerHeaders;
        },
        onResponseData(_, chunk) {
          size += chunk.length;
          if (size > request.maxAnswerBytes)
            give({ kind: 'answer', status, headers, text: '', tooLong: true });
          else chunks.push(chunk);
        },
        onResponseEnd() {
          settle({
            kind: 'answer',
            status,
            headers,
            text: Buffer.concat(chunks).toString('utf8'),
            tooLong: false,
          });
        },
        onResponseError(_, error) {
          settle(failureOf(error, sent, url));
        },
      },
    );
  });
}

const tlsCodes =
  /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|^ERR_(SSL|TLS)|^EPROTO$|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)/;

/** What an error of undici means for the call. `sent`: the request had begun to go out. */
export function failureOf(error: Error, sent: boolean, url: URL): HttpFailure {
  const inner = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  const code = String(
    (error as NodeJS.ErrnoException).code ?? (inner as NodeJS.ErrnoException | undefined)?.code ?? '',
  );
  const failure = (cause: HttpFailure['cause'], message: string): HttpFailure => ({
    kind: 'failure',
    cause,
    sent,
    message,
    ...(code && { code }),
  });
  if (code === 'ADDRESS_REFUSED') return failure('address', error.message);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA')
    return failure('name', `The name ${url.hostname} cannot be resolved (${code}).`);
  if (tlsCodes.test(code))
    return failure('tls', `${url.host} does not offer a trusted TLS connection (${code}).`);
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return failure('timeout', `${url.host} did not take the connection in time.`);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return failure('timeout', `${url.host} did not answer in time.`);
  if (!sent) return failure('connect', `${url.host} cannot be reached (${code || error.message}).`);
  return failure(
    'broken',
    `${url.host} broke the connection off before it answered (${code || error.message}).`,
  );
}
