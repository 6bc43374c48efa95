import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connector, connectorModule, type Outcome } from '@rollcall/connectors';
import { Networks } from '@rollcall/platform';
import { hasOpenssl, selfSigned } from '../integration/tls-files.js';
import { accessToken, httpTargets, type HttpTarget, type Limits } from './http-targets.js';

/** What names resolve to, instead of what the DNS says. */
const names = vi.hoisted(() => new Map<string, string[]>());
vi.mock('node:dns', async (original) => {
  const real = await original<typeof import('node:dns')>();
  return {
    ...real,
    lookup: (host: string, options: object, callback: (...found: unknown[]) => void) => {
      const addresses = names.get(host);
      if (!addresses) return real.lookup(host, options, callback);
      const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      return setImmediate(() => callback(null, found));
    },
  };
});

const closed = new Networks(['127.0.0.0/8', '10.0.0.0/8', '169.254.0.0/16', '::1']);
const outside = (address: string) => !closed.contains(address);
const cleanUp: (() => Promise<unknown>)[] = [];
beforeEach(() => names.clear());
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

interface Listening {
  url: string;
  port: number;
  /** Requests that came in: their headers and body hold what was given away. */
  heard: { line: string; headers: IncomingMessage['headers']; body: string }[];
}

async function listen(answer: RequestListener, tls?: { cert: string; key: string }): Promise<Listening> {
  const heard: Listening['heard'] = [];
  const listener: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      heard.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      answer(request, response);
    });
  };
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, port, heard };
}

const json =
  (status: number, body: object): RequestListener =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', connection: 'close' })
      .end(JSON.stringify(body));
const tokens = json(200, { access_token: accessToken, token_type: 'Bearer', expires_in: 3600 });
const nothing = json(404, {});

function open(
  target: HttpTarget,
  app: string,
  tokenUrl: string,
  limits: Limits = {},
  allowAddress?: (address: string) => boolean,
): Connector {
  const connector = connectorModule(target.connector)!.open(
    target.settings(app, tokenUrl, { timeoutMs: 5_000, ...limits }),
    target.credentials(tokenUrl),
    { userAgent: 'rollcall-test', ...(allowAddress && { allowAddress }) },
  );
  cleanUp.push(() => connector.close());
  return connector;
}

const reads = ({ userKey }: HttpTarget, connector: Connector): (() => Promise<Outcome<unknown>>)[] => [
  () => connector.get('user', '00000000-0000-4000-8000-000000000001'),
  () => connector.list('user', {}),
  () => connector.find('user', { attribute: userKey, value: 'ada@contoso.example' }),
];

/** Every call ends in a refusal, and says nothing of the secrets. @returns the kinds it ended in */
async function refusedEverywhere(target: HttpTarget, connector: Connector): Promise<Outcome<unknown>[]> {
  const outcomes: Outcome<unknown>[] = [];
  for (const read of reads(target, connector)) outcomes.push(await read());
  const report = await connector.test();
  expect(report.ok).toBe(false);
  for (const said of [...outcomes, report])
    for (const secret of target.secrets) expect(JSON.stringify(said)).not.toContain(secret);
  for (const outcome of outcomes) expect(outcome.kind).toMatch(/^(retry|denied|rejected)$/);
  return outcomes;
}

const gaveAway = (target: HttpTarget, { heard }: Listening): string[] =>
  target.secrets.filter((secret) => JSON.stringify(heard).includes(secret));

describe.each(httpTargets)('$name', (target) => {
  const atTokens = target.tokenPath !== undefined;

  describe.skipIf(!hasOpenssl && process.env.CI !== 'true')('over TLS (needs the openssl program)', () => {
    it('gives its credentials to no app whose certificate is not trusted', async () => {
      const pair = selfSigned('IP:127.0.0.1');
      const app = await listen(nothing, pair);
      const endpoint = await listen(tokens);
      await refusedEverywhere(target, open(target, app.url, endpoint.url));
      expect(app.heard).toEqual([]);
      await open(target, app.url, endpoint.url, { caCertificates: pair.cert }).list('user', {});
      expect(app.heard.length).toBeGreaterThan(0);
    });

    it.skipIf(!atTokens)('gives them to no token endpoint whose certificate is not trusted', async () => {
      const app = await listen(nothing);
      const endpoint = await listen(tokens, selfSigned('IP:127.0.0.1'));
      await refusedEverywhere(target, open(target, app.url, endpoint.url));
      expect([...app.heard, ...endpoint.heard]).toEqual([]);
    });
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect (%d) to another host', async (status) => {
    const elsewhere = await listen(json(200, {}));
    const app = await listen(
      (_, response) => void response.writeHead(status, { location: `${elsewhere.url}/there` }).end(),
    );
    const endpoint = await listen(tokens);
    await refusedEverywhere(target, open(target, app.url, endpoint.url));
    expect(elsewhere.heard).toEqual([]);
    expect(app.heard.length).toBeGreaterThan(0);
  });

  it.skipIf(!atTokens)('follows no redirect of the token endpoint', async () => {
    const elsewhere = await listen(tokens);
    const app = await listen(nothing);
    const endpoint = await listen(
      (_, response) => void response.writeHead(307, { location: `${elsewhere.url}/token` }).end(),
    );
    await refusedEverywhere(target, open(target, app.url, endpoint.url));
    expect(elsewhere.heard).toEqual([]);
    expect(app.heard).toEqual([]);
  });

  it('takes nobody for gone because another API answers', async () => {
    const endpoint = await listen(tokens);
    for (const body of [{ hello: 'world' }, {}]) {
      const app = await listen(json(200, body));
      const connector = open(target, app.url, endpoint.url);
      expect((await connector.list('user', {})).kind).toMatch(/^(retry|rejected)$/);
      const key = { attribute: target.userKey, value: 'ada@contoso.example' };
      expect((await connector.find('user', key)).kind).toMatch(/^(retry|rejected)$/);
    }
  });

  it('cuts an answer without end off at the size limit', async () => {
    let sent = 0;
    const flood: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384, ' '))) sent += 16_384;
      };
      response.on('drain', more);
      more();
    };
    const app = await listen(flood);
    const endpoint = await listen(tokens);
    const connector = open(target, app.url, endpoint.url, { maxAnswerBytes: 100_000 });
    const from = performance.now();
    expect(await connector.list('user', {})).toMatchObject({ kind: expect.stringMatching(/rejected|retry/) });
    expect(performance.now() - from).toBeLessThan(4_000);
    expect(sent).toBeLessThan(30_000_000);
  });

  it.skipIf(!atTokens)('cuts an endless answer of the token endpoint off', async () => {
    const app = await listen(nothing);
    const endpoint = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' ')));
      };
      response.on('drain', more);
      more();
    });
    const from = performance.now();
    const outcome = await open(target, app.url, endpoint.url).list('user', {});
    expect(outcome.kind).toMatch(/retry|denied|rejected/);
    expect(performance.now() - from).toBeLessThan(4_000);
    expect(app.heard).toEqual([]);
  });

  it('waits for an answer that drips for no longer than the time limit', async () => {
    const drip: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    };
    const app = await listen(drip);
    const endpoint = await listen(tokens);
    const connector = open(target, app.url, endpoint.url, { timeoutMs: 400 });
    const from = performance.now();
    expect(await connector.list('user', {})).toMatchObject({ kind: 'retry' });
    expect(performance.now() - from).toBeLessThan(4_000);
    const slow = open(target, app.url, (await listen(drip)).url, { timeoutMs: 400 });
    expect((await slow.list('user', {})).kind).toBe('retry');
    expect(performance.now() - from).toBeLessThan(8_000);
  });

  it.each([
    ['an address', '127.0.0.1', []],
    ['an address in another spelling', '0x7f000001', []],
    ['an IPv6 spelling of it', '[::ffff:127.0.0.1]', []],
    ['a name', 'app.contoso.example', ['127.0.0.1']],
    ['a name with several addresses', 'app.contoso.example', ['10.1.2.3', '::1', '127.0.0.1']],
    ['a name that leads to the metadata service', 'app.contoso.example', ['169.254.169.254']],
  ] as [string, string, string[]][])('calls no network it may not: %s', async (_, host, addresses) => {
    if (addresses.length > 0) names.set(host, addresses);
    const app = await listen(nothing);
    const url = `http://${host}:${app.port}`;
    const connector = open(target, url, url, {}, outside);
    for (const outcome of await refusedEverywhere(target, connector))
      expect(outcome).toMatchObject({
        kind: 'denied',
        remedy: expect.stringContaining('HUB_TARGET_NETWORKS'),
      });
    expect(app.heard).toEqual([]);
  });

  it('of several addresses calls those it may', async () => {
    names.set('app.contoso.example', ['10.1.2.3', '127.0.0.1']);
    const app = await listen(nothing);
    const endpoint = await listen(tokens);
    const connector = open(
      target,
      `http://app.contoso.example:${app.port}`,
      endpoint.url,
      {},
      (address) => address === '127.0.0.1',
    );
    await connector.list('user', {});
    expect(app.heard.length).toBeGreaterThan(0);
  });

  it.skipIf(!atTokens)('asks for tokens in no network it may not call', async () => {
    names.set('tokens.contoso.example', ['127.0.0.2']);
    const app = await listen(nothing);
    const endpoint = await listen(tokens);
    const allowed = (address: string) => address === '127.0.0.1';
    const connector = open(target, app.url, `http://tokens.contoso.example:${endpoint.port}`, {}, allowed);
    for (const outcome of await refusedEverywhere(target, connector))
      expect(outcome).toMatchObject({
        kind: 'denied',
        remedy: expect.stringContaining('HUB_TARGET_NETWORKS'),
      });
    expect([...app.heard, ...endpoint.heard]).toEqual([]);
  });

  it.each([400, 401, 403, 404, 409, 429, 500, 503])(
    'tells no secret an app echoes with %d',
    async (status) => {
      const app = await listen((request, response) => {
        const said = `${request.url} ${JSON.stringify(request.headers)}`;
        const { authorization = '' } = request.headers;
        const plain = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
        const body = {
          detail: said,
          message: said,
          error: { message: said, code: 'x' },
          errors: [said, plain],
        };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
      const endpoint = await listen(tokens);
      const connector = open(target, app.url, endpoint.url);
      const context = { operationId: 'o', attempt: 1, mode: 'live' as const };
      const outcomes = [
        ...(await Promise.all(reads(target, connector).map((read) => read()))),
        await connector.delete('user', '00000000-0000-4000-8000-000000000001', context),
        await connector.discover(),
        await connector.test(),
      ];
      for (const outcome of outcomes)
        for (const secret of target.secrets) expect(JSON.stringify(outcome)).not.toContain(secret);
      expect(gaveAway(target, app).length + gaveAway(target, endpoint).length).toBeGreaterThan(0);
    },
  );

  it.skipIf(!atTokens)('tells no secret the token endpoint echoes', async () => {
    const app = await listen(nothing);
    const endpoint = await listen((_, response) => {
      const said = target.secrets.join(' ');
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: said, error_description: said }));
    });
    await refusedEverywhere(target, open(target, app.url, endpoint.url));
    expect(app.heard).toEqual([]);
  });
});
