import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Accounts, type Answer, type Data, type Event } from './accounts.js';
import { verifyWebhook } from './verify-webhook.js';

export interface Delivery {
  id: string;
  event: Event;
  headers: IncomingMessage['headers'];
  /** The same message had come before, and was answered as it was then. */
  repeated: boolean;
  /** Its id had come before with other content, which is lost. */
  misused: boolean;
}

export interface WebhookReceiver {
  port: number;
  url: string;
  accounts: Accounts;
  deliveries: Delivery[];
  /** Those it believes. */
  secrets: string[];
  /** Answered instead. */
  refuse?: { status: number; headers: Record<string, string>; body: string };
  loopPages: boolean;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A receiver of signed events over HTTP: POST / takes an event, and GET /user, /user/:id, /group and /group/:id show
 * what came of them. It keeps accounts as an app would: ids of its own or the sender's, unique names, repeated
 * messages answered as the first time.
 */
export async function startWebhookReceiver(options: {
  secrets: string[];
  /** Answers with an id of its own, or with nothing: then objects have the sender's. */
  ids?: 'own' | 'none';
}): Promise<WebhookReceiver> {
  const answered = new Map<string, { text: string; answer: Answer }>();
  let server = createServer();
  let port = 0;
  const receiver: WebhookReceiver = {
    port,
    url: '',
    accounts: new Accounts(options.ids ?? 'none'),
    deliveries: [],
    secrets: options.secrets,
    loopPages: false,
    async kill() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async start() {
      server = createServer((request, response) => void serve(request, response));
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
    },
    stop: () => receiver.kill(),
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const text = Buffer.concat(chunks).toString();
    const { refuse } = receiver;
    const answer = (status: number, body?: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (refuse) return answer(refuse.status, JSON.parse(refuse.body), refuse.headers);
    const wrong = verifyWebhook(request.headers, text, receiver.secrets, Math.floor(Date.now() / 1_000));
    if (wrong !== undefined) return answer(401, { error: wrong });
    const url = new URL(request.url!, 'http://receiver');
    if (request.method === 'GET') return show(url, answer);
    if (request.method !== 'POST' || url.pathname !== '/') return answer(405, { error: 'POST to /' });
    take(request, text, answer);
  }

  function take(
    request: IncomingMessage,
    text: string,
    answer: (status: number, body?: unknown) => void,
  ): void {
    const id = String(request.headers['webhook-id']);
    const event = JSON.parse(text) as Event;
    const before = answered.get(id);
    receiver.deliveries.push({
      id,
      event,
      headers: request.headers,
      repeated: before !== undefined,
      misused: before !== undefined && before.text !== text,
    });
    const result = before?.answer ?? receiver.accounts.take(event);
    if (result.status < 500 && !before) answered.set(id, { text, answer: result });
    answer(result.status, result.body);
  }

  function show(url: URL, answer: (status: number, body?: unknown) => void): void {
    const [, type = '', id] = url.pathname.split('/').map(decodeURIComponent);
    const objects = receiver.accounts.all(type);
    if (!objects) return answer(404, { error: `There is no ${type}` });
    if (id !== undefined) {
      const object = objects.find((each) => each.id === id);
      return object ? answer(200, object) : answer(404, { error: `There is no ${type} ${id}` });
    }
    const attribute = url.searchParams.get('attribute');
    const found = objects.filter(
      (each) => attribute === null || (each.attributes as Data)[attribute] === url.searchParams.get('value'),
    );
    const from = receiver.loopPages ? 0 : Number(url.searchParams.get('cursor') ?? 0);
    const limit = Number(url.searchParams.get('limit') ?? 50);
    const next = from + limit < found.length || receiver.loopPages ? String(from + limit) : null;
    answer(200, { items: found.slice(from, from + limit), next });
  }

  await receiver.start();
  receiver.port = port;
  receiver.url = `http://127.0.0.1:${port}`;
  return receiver;
}
