import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connectorModule, type Connector } from '@rollcall/connectors';
import { afterEach, describe, expect, it } from 'vitest';
import { hasOpenssl, selfSigned } from '../integration/tls-files.js';

const module = connectorModule('google-workspace')!;
const credentials = { type: 'refresh-token', clientId: 'c', clientSecret: 's', refreshToken: 'r' };
const token = 'ya29.the-token-of-this-test';

/** What answers at the address of Google is not always Google. */
describe('Google Workspace behind something else', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  const listenerOf =
    (answer: RequestListener): RequestListener =>
    (request, response) => {
      if (request.url === '/token')
        response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600 }));
      else answer(request, response);
    };

  async function listen(server: ReturnType<typeof createServer>, scheme = 'http'): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUp.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function open(origin: string, settings: object = {}): Connector {
    const connector = module.open(
      { domain: 'contoso.example', baseUrl: origin, tokenUrl: `${origin}/token`, ...settings },
      credentials,
      { userAgent: 'rollcall-test' },
    );
    cleanUp.push(() => connector.close());
    return connector;
  }

  it('redirects are not followed, and no token goes elsewhere', async () => {
    let led = 0;
    const elsewhere = await listen(createServer((_, response) => response.end(String((led += 1)))));
    const origin = await listen(
      createServer(
        listenerOf((_, response) => response.writeHead(302, { location: `${elsewhere}/?t=${token}` }).end()),
      ),
    );
    const outcome = await open(origin).get('user', '1');
    expect(outcome).toMatchObject({
      kind: 'retry',
      scope: 'connection',
      message: expect.stringContaining('not followed'),
    });
    expect(JSON.stringify(outcome)).not.toContain(token);
    expect(led).toBe(0);
  });

  it('web pages are no answers, whatever their status', async () => {
    for (const status of [200, 403, 502]) {
      const origin = await listen(
        createServer(listenerOf((_, response) => response.writeHead(status).end('<html>Sign in</html>'))),
      );
      const outcome = await open(origin).get('user', '1');
      expect(outcome).toMatchObject({ kind: status === 403 ? 'denied' : 'retry' });
      const user = { primaryEmail: 'a@contoso.example', 'name.givenName': 'A', 'name.familyName': 'B' };
      const made = await open(origin).create('user', user, { operationId: 'o', attempt: 1, mode: 'live' });
      // 200 and 502 may have come after the user was made.
      expect(made).toMatchObject(status === 403 ? { kind: 'denied' } : { kind: 'retry', maybeDone: true });
    }
  });

  it('and take nobody away: what was written behind a web page is not believed', async () => {
    const page = listenerOf((_, response) => response.end('<html>Sign in</html>'));
    const connector = open(await listen(createServer(page)));
    const live = { operationId: 'o', attempt: 1, mode: 'live' } as const;
    const member = [{ id: '2', type: 'user' as const }];
    for (const outcome of [
      await connector.delete('user', '1', live),
      await connector.delete('group', '1', live),
      await connector.update('user', '1', [{ op: 'set', attribute: 'active', value: false }], live),
      await connector.members('1', { add: [], remove: member }, live),
    ])
      expect(outcome).toMatchObject({ kind: 'retry', scope: 'connection', maybeDone: true });
  });

  it.each<[string, (page: number) => { users?: object[]; nextPageToken: string }]>([
    [
      'a circle that the first page is not in',
      (page) => ({ users: [{ id: `u${page}` }], nextPageToken: String(page === 5 ? 2 : page + 1) }),
    ],
    [
      'a circle with new tokens each time',
      (page) => ({ users: [{ id: `u${page % 7}` }], nextPageToken: String(page + 1) }),
    ],
    ['an empty page that leads to itself', () => ({ users: [], nextPageToken: '1' })],
  ])('lists have an end: %s', async (_, pageOf) => {
    const listed = listenerOf(({ url }, response) => {
      const page = Number(new URL(url!, 'http://google.example').searchParams.get('pageToken') ?? 0);
      response.end(JSON.stringify(pageOf(page)));
    });
    const connector = open(await listen(createServer(listed)));
    let cursor: string | undefined;
    for (let pages = 0; pages < 50; pages += 1) {
      const outcome = await connector.list('user', { cursor });
      if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
      cursor = outcome.value.nextCursor;
      if (outcome.value.cutShort !== undefined) return;
      expect(cursor).toBeDefined();
    }
    expect.fail('There was no end.');
  });

  it('what echoes the token has it taken out', async () => {
    const origin = await listen(
      createServer(
        listenerOf((request, response) => {
          const message = `Who is ${request.headers.authorization}?`;
          response.writeHead(400).end(JSON.stringify({ error: { code: 400, message } }));
        }),
      ),
    );
    const outcome = await open(origin).get('user', '1');
    expect(outcome).toMatchObject({ kind: 'rejected', message: 'Who is Bearer ***?' });
  });

  it.skipIf(!hasOpenssl && process.env.CI !== 'true')(
    'a certificate that nobody known has signed is refused, unless its authority is given',
    async () => {
      const { cert, key } = selfSigned('IP:127.0.0.1');
      const served = listenerOf((_, response) => response.end(JSON.stringify({ users: [] })));
      const origin = await listen(createSecureServer({ cert, key }, served), 'https');
      expect(await open(origin).list('user', {})).toMatchObject({ kind: 'retry', scope: 'connection' });
      const { steps } = await open(origin).test();
      expect(steps.find(({ status }) => status === 'failed')).toMatchObject({
        step: 'tls',
        remedy: expect.stringContaining('trusted certificates'),
      });
      const trusting = open(origin, { caCertificates: cert });
      expect(await trusting.list('user', {})).toMatchObject({ kind: 'ok', value: { objects: [] } });
      expect((await trusting.test()).steps.find(({ step }) => step === 'tls')).toMatchObject({
        status: 'passed',
      });
    },
  );
});
