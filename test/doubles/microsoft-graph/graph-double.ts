import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { answerBatch } from './batch.js';
import { Directory, type DirectoryObject } from './directory.js';
import { GraphError, type Json } from './graph-error.js';
import type { GraphAnswer, GraphRequest, Manner } from './graph-request.js';
import { answerGraph } from './graph-routes.js';
import type { ObjectType } from './properties.js';
import { type AppRegistration, TokenEndpoint } from './token-endpoint.js';

export interface Throttle {
  /** Reads and writes are counted apart. */
  bucket: 'read' | 'write' | 'all';
  /** Left out: the answer does not say how long to wait. */
  retryAfterSeconds?: number;
  /** How many calls are turned away. */
  times: number;
}

export interface Outage {
  status: 500 | 503 | 504;
  retryAfterSeconds?: number;
  times: number;
}

export interface SentCall {
  method: string;
  /** Path and query below the version. */
  path: string;
  headers: Record<string, string | undefined>;
  body?: Json;
  status?: number;
}

/** Microsoft Graph and its token endpoint for one tenant, on a loopback port. */
export class GraphDouble {
  readonly directory: Directory;
  readonly tokens: TokenEndpoint;
  readonly manner: Manner = { pageSize: 200, expiry: 'gone', loopPages: false };
  readonly calls: SentCall[] = [];
  throttle: Throttle | undefined;
  outage: Outage | undefined;
  /** So many of the next writes are done, and their answers are lost. */
  dropAfterCommit = 0;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private port = 0;

  constructor(
    readonly tenant: string,
    domains: string[],
    apps: AppRegistration[],
    /** PEM. Left out: plain HTTP. */
    private readonly tls?: { cert: string; key: string },
  ) {
    this.directory = new Directory(domains);
    this.tokens = new TokenEndpoint(tenant, apps);
  }

  get authority(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }
  private get scheme(): 'http' | 'https' {
    return this.tls ? 'https' : 'http';
  }
  get graphUrl(): string {
    return `${this.authority}/v1.0`;
  }
  get openConnections(): number {
    return this.sockets.size;
  }
  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  /** On the same port as before. What the tenant holds outlives a restart. */
  async start(): Promise<void> {
    const serve = (request: IncomingMessage, response: ServerResponse) => void this.serve(request, response);
    const server = this.tls ? createTlsServer(this.tls, serve) : createServer(serve);
    server.keepAliveTimeout = 60_000;
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** At once, in the middle of whatever is under way. */
  async stop(): Promise<void> {
    const { server } = this;
    if (!server) return;
    this.server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Past every rule, as a synchronisation from elsewhere would. */
  seed(type: ObjectType, properties: Json, isAdmin = false): DirectoryObject {
    const made = this.directory.create(type, {
      ...(type === 'user'
        ? {
            accountEnabled: true,
            displayName: 'Seeded',
            mailNickname: 'seeded',
            passwordProfile: { password: 'Xy12!abcd' },
          }
        : { displayName: 'Seeded', mailEnabled: false, mailNickname: 'seeded', securityEnabled: true }),
      ...Object.fromEntries(Object.entries(properties).filter(([name]) => name !== 'onPremisesSyncEnabled')),
    });
    made.properties.onPremisesSyncEnabled = properties.onPremisesSyncEnabled ?? null;
    made.isAdmin = isAdmin;
    return made;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const text = Buffer.concat(chunks).toString();
    const { url: path = '/', method = 'GET', headers } = request;
    const url = new URL(path, `${this.scheme}://${headers.host ?? 'localhost'}`);
    if (url.pathname.endsWith('/oauth2/v2.0/token')) {
      const { status, body } = await this.tokens.answer(url.pathname, new URLSearchParams(text), url.href);
      return send(response, { status, body });
    }
    const sent: SentCall = {
      method,
      path: path.replace(/^\/v1\.0/, ''),
      headers: headers as SentCall['headers'],
    };
    this.calls.push(sent);
    const answer = await this.answerTo(url, method, headers as SentCall['headers'], text, sent);
    sent.status = answer.status;
    if (this.dropAfterCommit > 0 && method !== 'GET' && answer.status < 300) {
      this.dropAfterCommit -= 1;
      request.socket.destroy();
      return;
    }
    send(response, answer);
  }

  private async answerTo(
    url: URL,
    method: string,
    headers: SentCall['headers'],
    text: string,
    sent: SentCall,
  ): Promise<GraphAnswer> {
    const clientRequestId = headers['client-request-id'];
    const refuse = (error: GraphError): GraphAnswer => ({
      status: error.status,
      body: error.body(clientRequestId),
      headers: error.more.headers,
    });
    const roles = await this.tokens.rolesOf(headers.authorization?.replace(/^Bearer /, '') ?? '');
    if (!roles)
      return refuse(
        new GraphError(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.'),
      );
    if (!url.pathname.startsWith('/v1.0/'))
      return refuse(new GraphError(400, 'BadRequest', 'Invalid version.'));
    let body: Json | undefined;
    try {
      body = text === '' ? undefined : (JSON.parse(text) as Json);
      sent.body = body;
    } catch {
      return refuse(new GraphError(400, 'BadRequest', 'Unable to read JSON request payload.'));
    }
    const below = new URL(url.href);
    below.pathname = url.pathname.slice('/v1.0'.length);
    const request: GraphRequest = { method, url: below, headers, body, roles };
    const base = `${url.origin}/v1.0`;
    const single = (part: GraphRequest): GraphAnswer => {
      try {
        const trouble = this.troubleFor(part.method);
        if (trouble) return { ...refuse(trouble), headers: { ...trouble.more.headers } };
        return answerGraph(this.directory, part, this.manner, base);
      } catch (error) {
        if (error instanceof GraphError) return refuse(error);
        throw error;
      }
    };
    if (below.pathname !== '/$batch') return single(request);
    try {
      return answerBatch(request, single);
    } catch (error) {
      if (error instanceof GraphError) return refuse(error);
      throw error;
    }
  }

  /** @see https://learn.microsoft.com/graph/throttling-limits */
  private troubleFor(method: string): GraphError | undefined {
    const { throttle, outage } = this;
    const bucket = method === 'GET' ? 'read' : 'write';
    if (throttle && throttle.times > 0 && (throttle.bucket === 'all' || throttle.bucket === bucket)) {
      throttle.times -= 1;
      return new GraphError(429, 'TooManyRequests', 'Too many requests.', {
        headers: {
          ...(throttle.retryAfterSeconds !== undefined && {
            'retry-after': String(throttle.retryAfterSeconds),
          }),
          'x-ms-throttle-limit-percentage': '1.2',
          'x-ms-throttle-scope': `Tenant_Application/${bucket === 'read' ? 'Read' : 'ReadWrite'}/${this.tenant}`,
          'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
        },
      });
    }
    if (outage && outage.times > 0) {
      outage.times -= 1;
      const code =
        outage.status === 504
          ? 'GatewayTimeout'
          : outage.status === 503
            ? 'ServiceUnavailable'
            : 'InternalServerError';
      return new GraphError(outage.status, code, 'The service is not available for now.', {
        headers:
          outage.retryAfterSeconds === undefined ? {} : { 'retry-after': String(outage.retryAfterSeconds) },
      });
    }
    return undefined;
  }
}

function send(response: ServerResponse, { status, body, headers }: GraphAnswer): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'x-ms-resource-unit': '1',
    ...(text !== '' && { 'content-type': 'application/json' }),
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

export const apps = {
  writer: { clientId: '11111111-1111-4111-8111-111111111111', secret: 'writer-secret-4711' },
  reader: { clientId: '22222222-2222-4222-8222-222222222222', secret: 'reader-secret-4711' },
  nobody: { clientId: '44444444-4444-4444-8444-444444444444', secret: 'nobody-secret-4711' },
  signer: { clientId: '33333333-3333-4333-8333-333333333333' },
};

/** A tenant with an app that may write, one that may read, and one that signs with a certificate. */
export async function startGraphDouble(
  further: { certificate?: string; tls?: { cert: string; key: string } } = {},
): Promise<GraphDouble> {
  const { certificate, tls } = further;
  const roles = ['User.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.Read.All'];
  const registered = [
    { ...apps.writer, roles },
    { ...apps.reader, roles: ['User.Read.All', 'Group.Read.All'] },
    { ...apps.nobody, roles: [] },
    { ...apps.signer, ...(certificate !== undefined && { certificate }), roles },
  ];
  const domains = ['contoso.example', 'contoso.onmicrosoft.com'];
  const double = new GraphDouble('contoso.onmicrosoft.com', domains, registered, tls);
  await double.start();
  return double;
}
