import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Account, etagOf, type Json } from './account.js';
import { ApiError, forbidden } from './api-error.js';
import { Groups } from './groups.js';
import { TokenEndpoint, type Granted } from './token-endpoint.js';
import { Users } from './users.js';
import { WatchChannels } from './watch-channels.js';

/** How Google slows clients down: https://developers.google.com/workspace/admin/directory/v1/limits */
const slowDowns = {
  userRateLimitExceeded: [403, 'userRateLimitExceeded', 'Request rate higher than configured.'],
  rateLimitExceeded: [403, 'rateLimitExceeded', 'Rate Limit Exceeded'],
  quotaExceeded: [403, 'quotaExceeded', 'Quota exceeded for concurrent requests.'],
  tooManyRequests: [429, 'rateLimitExceeded', 'Rate Limit Exceeded'],
  backendError: [503, 'backendError', 'Backend Error'],
} satisfies Record<string, ConstructorParameters<typeof ApiError>>;

/** What goes wrong until it is taken back. */
export interface Faults {
  slowDown?: keyof typeof slowDowns;
  /** Answered instead of doing the next write. */
  refuseWrite?: { status: number; reason: string; message: string };
  /** The next so many writes are done, and the connection is cut before the answer. */
  dropAfterCommit?: number;
  /** The next write is done, and answered 409 all the same. */
  duplicateAfterCommit?: boolean;
  answerAfterMs?: number;
  /** Every page leads to itself. */
  loopPages?: boolean;
}

interface ApiCall {
  method: string;
  path: string;
  query: string;
  body?: Json;
  status: number;
}

export type GoogleWorkspace = Awaited<ReturnType<typeof startGoogleWorkspace>>;

/** The Directory API of one account, and the place its tokens come from. */
export async function startGoogleWorkspace() {
  const account = new Account();
  account.admins.set('admin@contoso.example', 'super');
  account.admins.set('delegate@contoso.example', 'user-admin');
  account.admins.set('auditor@contoso.example', 'read-only');
  const tokens = new TokenEndpoint(account);
  const channels = new WatchChannels(account);
  const lag: { getMs: number; listMs: number; status: 403 | 404 } = { getMs: 0, listMs: 0, status: 404 };
  const api = new Api(account, tokens, channels, lag);
  let server = api.serve();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;

  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    origin,
    address: { host: '127.0.0.1', port },
    account,
    tokens,
    lag,
    faults: api.faults,
    calls: api.calls,
    /** For writes to one user at a time. */
    writesTake: (ms: number) => void (api.userOptions.writeMs = ms),
    /** Cuts every connection; calls under way may have been carried out or not. The account stays. */
    kill: close,
    async start() {
      server = api.serve();
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async stop() {
      await channels.settled();
      if (server.listening) await close();
    },
  };
}

const directory = 'https://www.googleapis.com/auth/admin.directory.';

class Api {
  readonly calls: ApiCall[] = [];
  readonly faults: Faults = {};
  readonly userOptions;
  private readonly users: Users;
  private readonly groups: Groups;
  private granted: Granted | undefined;

  constructor(
    private readonly account: Account,
    private readonly tokens: TokenEndpoint,
    private readonly channels: WatchChannels,
    lag: { getMs: number; listMs: number; status: 403 | 404 },
  ) {
    this.userOptions = {
      lag,
      writeMs: 0,
      isSuper: () => account.admins.get(this.granted?.subject ?? '') === 'super',
      told: channels.told.bind(channels),
    };
    this.users = new Users(account, this.userOptions);
    this.groups = new Groups(account);
  }

  serve(): Server {
    return createServer((request, response) => void this.handle(request, response));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sent = await text(request).catch(() => undefined);
    if (sent === undefined) return;
    const url = new URL(request.url ?? '/', 'http://google');
    const { faults } = this;
    const method = request.method ?? 'GET';
    let answer: { status: number; body?: object };
    if (url.pathname === '/token') {
      answer = await this.tokens.answer(new URLSearchParams(sent));
    } else {
      const body = parsed(sent);
      answer = await this.answer(request, url, body);
      const path = decodeURIComponent(url.pathname.replace(/^\/admin\/directory\/v1/, ''));
      this.calls.push({ method, path, query: url.searchParams.toString(), body, status: answer.status });
    }
    if (faults.answerAfterMs) await new Promise((resolve) => setTimeout(resolve, faults.answerAfterMs));
    const wrote = method !== 'GET' && url.pathname !== '/token' && answer.status < 300;
    if (wrote && faults.dropAfterCommit) {
      faults.dropAfterCommit -= 1;
      request.socket.destroy();
      return;
    }
    if (wrote && faults.duplicateAfterCommit) {
      faults.duplicateAfterCommit = false;
      const error = new ApiError(409, 'duplicate', 'Entity already exists.');
      answer = { status: 409, body: error.body };
    }
    response.writeHead(answer.status, { 'content-type': 'application/json; charset=UTF-8' });
    response.end(answer.body ? JSON.stringify(answer.body) : '');
  }

  private async answer(
    request: IncomingMessage,
    url: URL,
    body: Json | undefined,
  ): Promise<{ status: number; body?: object }> {
    const { faults } = this;
    const method = request.method ?? 'GET';
    try {
      const slowDown = faults.slowDown && slowDowns[faults.slowDown];
      if (slowDown) throw new ApiError(...slowDown);
      const granted = this.tokens.granted.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
      if (!granted || granted.until <= this.account.now())
        throw new ApiError(401, 'authError', 'Request had invalid authentication credentials.');
      const path = url.pathname.split('/').slice(1).map(decodeURIComponent);
      this.permit(granted, method, path[3] ?? '');
      if (method !== 'GET' && faults.refuseWrite) {
        const { status, reason, message } = faults.refuseWrite;
        delete faults.refuseWrite;
        throw new ApiError(status, reason, message);
      }
      this.granted = granted;
      if (!body) throw new ApiError(400, 'parseError', 'Parse Error');
      const result = await this.route(method, path, url, body);
      return result === undefined ? { status: 204 } : { status: 200, body: result as object };
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status, body: error.body };
      throw error;
    }
  }

  private permit({ subject, scopes }: Granted, method: string, collection: string): void {
    const reads = method === 'GET';
    const names =
      collection === 'customer'
        ? ['userschema', 'orgunit']
        : collection === 'groups'
          ? ['group', 'group.member']
          : ['user'];
    const enough = names.some((name) =>
      [name, ...(reads ? [`${name}.readonly`] : [])].some((each) => scopes.has(directory + each)),
    );
    if (!enough)
      throw new ApiError(
        403,
        'insufficientPermissions',
        'Request had insufficient authentication scopes.',
        'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
      );
    const role = this.account.admins.get(subject);
    if (role === undefined || (role === 'read-only' && !reads)) throw forbidden();
  }

  /** @returns undefined for 204 */
  private async route(method: string, path: string[], url: URL, body: Json): Promise<unknown> {
    if (url.pathname === '/admin/directory_v1/channels/stop') return this.channels.stop(body);
    const [, , , collection, key, sub, subKey] = path;
    const query = url.searchParams;
    if (collection === 'users') return this.routeUsers(method, key, sub, subKey, query, body, url);
    if (collection === 'groups') return this.routeGroups(method, key, sub, subKey, query, body);
    if (collection === 'customer' && method === 'GET' && sub === 'schemas') return this.schemas();
    if (collection === 'customer' && method === 'GET' && sub === 'orgunits')
      return {
        kind: 'admin#directory#orgUnits',
        organizationUnits: [...this.account.orgUnits].map((orgUnitPath) => ({ orgUnitPath })),
      };
    throw new ApiError(404, 'notFound', 'Not Found');
  }

  private async routeUsers(
    method: string,
    key: string | undefined,
    sub: string | undefined,
    subKey: string | undefined,
    query: URLSearchParams,
    body: Json,
    url: URL,
  ): Promise<unknown> {
    const { users } = this;
    if (key === 'watch' && method === 'POST') return this.channels.open(body, query, url.href);
    if (key === undefined) {
      if (method === 'POST') return users.insert(body, query);
      return this.looped(users.list(query), query);
    }
    if (sub === 'undelete') return users.undelete(key, body);
    if (sub === 'makeAdmin') return users.makeAdmin(key, body);
    if (sub === 'aliases') {
      if (method === 'GET') return users.aliases(key);
      if (method === 'POST') return users.addAlias(key, body);
      return users.deleteAlias(key, subKey ?? '');
    }
    if (method === 'GET') return users.get(key, query);
    if (method === 'DELETE') return users.delete(key);
    return users.patch(key, body);
  }

  private routeGroups(
    method: string,
    key: string | undefined,
    sub: string | undefined,
    subKey: string | undefined,
    query: URLSearchParams,
    body: Json,
  ): unknown {
    const { groups } = this;
    if (key === undefined)
      return method === 'POST' ? groups.insert(body) : this.looped(groups.list(query), query);
    if (sub === 'hasMember') return groups.hasMember(key, subKey ?? '');
    if (sub === 'members' && subKey === undefined) {
      if (method === 'GET') return this.looped(groups.listMembers(key, query), query);
      return groups.insertMember(key, body, (id) => this.users.seen(id));
    }
    if (sub === 'members') {
      if (method === 'GET') return groups.getMember(key, subKey!);
      if (method === 'DELETE') return groups.deleteMember(key, subKey!);
      return groups.patchMember(key, subKey!, body);
    }
    if (sub === 'aliases') {
      if (method === 'GET') return groups.aliases(key);
      if (method === 'POST') return groups.addAlias(key, body);
      return groups.deleteAlias(key, subKey ?? '');
    }
    if (method === 'GET') return groups.get(key);
    if (method === 'DELETE') return groups.delete(key);
    return groups.patch(key, body);
  }

  private looped(list: Json, query: URLSearchParams): Json {
    if (!this.faults.loopPages) return list;
    return { ...list, nextPageToken: query.get('pageToken') ?? list.nextPageToken };
  }

  private schemas(): object {
    const schemas = [...this.account.schemas].map(([schemaName, fields]) => ({
      kind: 'admin#directory#schema',
      schemaId: etagOf(schemaName).slice(1, 20),
      schemaName,
      fields: Object.entries(fields).map(([fieldName, { type, multiValued = false }]) => ({
        fieldName,
        fieldType: type,
        multiValued,
      })),
    }));
    return { kind: 'admin#directory#schemas', ...(schemas.length > 0 && { schemas }) };
  }
}

/** Undefined: it is not JSON. */
function parsed(sent: string): Json | undefined {
  try {
    return sent === '' ? {} : (JSON.parse(sent) as Json);
  } catch {
    return undefined;
  }
}
