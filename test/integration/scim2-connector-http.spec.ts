import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  connectorModule,
  type Connector,
  type ConnectorRuntime,
  type OperationContext,
} from '@rollcall/connectors';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

async function listen(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
const serve = (handler: RequestListener) => listen(createServer(handler));

function connect(
  settings: object,
  credentials: object = { type: 'bearer', token: 'secret-token' },
  runtime: Partial<ConnectorRuntime> = {},
): Connector {
  const connector = connectorModule('scim2')!.open(settings, credentials, {
    userAgent: 'rollcall-test',
    ...runtime,
  });
  cleanUp.push(() => connector.close());
  return connector;
}
const failedStep = async (connector: Connector) =>
  (await connector.test()).steps.find(({ status }) => status === 'failed');
const found = (id: string) => JSON.stringify({ id, userName: id });

describe('requests on the wire', () => {
  it('carry credentials, content type and an exact path, and keep the query of the base URL', async () => {
    const seen: string[] = [];
    const port = await serve((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      expect(request.headers).toMatchObject({
        authorization: 'Bearer secret-token',
        accept: expect.stringMatching(/^application\/scim\+json/),
        'user-agent': 'rollcall-test',
      });
      response.setHeader('content-type', 'application/scim+json').end('{"totalResults":0,"Resources":[]}');
    });
    const connector = connect({ baseUrl: `http://127.0.0.1:${port}/scim/v2/?flag=1` });
    await connector.find('user', { attribute: 'userName', value: 'a+b & "c"\\' });
    await connector.find('group', { attribute: 'displayName', value: 'Ö' });
    expect(seen.map((each) => decodeURIComponent(each))).toEqual([
      'GET /scim/v2/Users?flag=1&filter=userName eq "a+b & \\"c\\"\\\\"',
      'GET /scim/v2/Groups?flag=1&filter=displayName eq "Ö"&excludedAttributes=members',
    ]);
    expect(seen.join()).not.toContain('+');
  });

  it('sign in with a user name and a password', async () => {
    const port = await serve((request, response) => {
      const [, pair = ''] = request.headers.authorization?.split(' ') ?? [];
      const right = Buffer.from(pair, 'base64').toString() === 'hub:pässword';
      response
        .writeHead(right ? 200 : 401, { 'content-type': 'application/json' })
        .end(right ? found('1') : `{"detail":"bad ${pair}"}`);
    });
    const baseUrl = `http://127.0.0.1:${port}`;
    expect(
      await connect({ baseUrl }, { type: 'basic', username: 'hub', password: 'pässword' }).get('user', '1'),
    ).toMatchObject({ kind: 'ok' });
    const denied = await connect({ baseUrl }, { type: 'basic', username: 'hub', password: 'other' }).get(
      'user',
      '1',
    );
    expect(denied).toMatchObject({ kind: 'denied' });
    expect(JSON.stringify(denied)).not.toContain(Buffer.from('hub:other').toString('base64'));
  });
});

describe('servers that read RFC 7644 strictly', () => {
  it('are asked for an element by its own grammar when they refuse the usual one', async () => {
    const filters: string[] = [];
    const port = await serve((request, response) => {
      const filter = new URL(request.url!, 'http://x').searchParams.get('filter')!;
      filters.push(filter);
      const refused = filter.includes('].');
      response.writeHead(refused ? 400 : 200, { 'content-type': 'application/scim+json' });
      const user = { id: '1', emails: [{ type: 'work', value: 'a@b' }] };
      response.end(
        JSON.stringify(refused ? { scimType: 'invalidFilter' } : { totalResults: 1, Resources: [user] }),
      );
    });
    const connector = connect({ baseUrl: `http://127.0.0.1:${port}` });
    const outcome = await connector.find('user', { attribute: 'emails[type eq "work"].value', value: 'a@b' });
    expect(outcome).toMatchObject({ kind: 'ok', value: [{ id: '1' }] });
    expect(filters).toEqual([
      'emails[type eq "work"].value eq "a@b"',
      'emails[type eq "work" and value eq "a@b"]',
    ]);
  });

  it('an account spelled as asked comes before those that differ in case', async () => {
    const users = ['Ada', 'ADA', 'ada'].map((userName) => ({ id: `id-${userName}`, userName }));
    const port = await serve((_, response) => {
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ totalResults: 3, Resources: users }));
    });
    const connector = connect({ baseUrl: `http://127.0.0.1:${port}` });
    const ids = async (value: string) => {
      const outcome = await connector.find('user', { attribute: 'userName', value });
      return outcome.kind === 'ok' && outcome.value.map(({ id }) => id);
    };
    expect(await ids('ada')).toEqual(['id-ada']);
    expect(await ids('aDa')).toEqual(['id-Ada', 'id-ADA', 'id-ada']);
  });

  it('a search answered with 404 by the app finds nobody', async () => {
    const port = await serve((_, response) => {
      response
        .writeHead(404, { 'content-type': 'application/scim+json' })
        .end('{"detail":"no such user","status":"404"}');
    });
    const connector = connect({ baseUrl: `http://127.0.0.1:${port}` });
    expect(await connector.find('user', { attribute: 'userName', value: 'ada' })).toMatchObject({
      kind: 'ok',
      value: [],
    });
  });

  it('a group is read without its members', async () => {
    const urls: unknown[] = [];
    const port = await serve((request, response) => {
      urls.push(request.url);
      response
        .setHeader('content-type', 'application/json')
        .end('{"id":"g","Resources":[{"id":"g","displayName":"g"}]}');
    });
    const connector = connect({ baseUrl: `http://127.0.0.1:${port}` });
    await connector.get('group', 'g');
    await connector.list('group', {});
    await connector.find('group', { attribute: 'displayName', value: 'g' });
    expect(urls).toHaveLength(3);
    for (const url of urls) expect(url).toContain('excludedAttributes=members');
  });

  it('a 404 in plain text is believed when the collection answers, and not when it does not', async () => {
    let collectionAnswers = true;
    const port = await serve((request, response) => {
      const list = request.url!.startsWith('/Users?') && collectionAnswers;
      response.writeHead(list ? 200 : 404, { 'content-type': list ? 'application/json' : 'text/plain' });
      response.end(list ? '{"totalResults":0,"Resources":[]}' : '404 page not found');
    });
    const connector = connect({ baseUrl: `http://127.0.0.1:${port}` });
    expect(await connector.delete('user', '1', live)).toMatchObject({ kind: 'no-op', why: 'already-absent' });
    expect(await connector.get('user', '1')).toMatchObject({ kind: 'not-found' });
    collectionAnswers = false;
    expect(await connector.delete('user', '1', live)).toMatchObject({ kind: 'retry', scope: 'connection' });
  });
});

describe('OAuth 2.0 client credentials', () => {
  async function tokenTarget(
    options: { expiresIn?: number; accepts?: (token: string) => boolean; tokenStatus?: number } = {},
  ) {
    const counts = { tokens: 0, calls: 0, forms: [] as string[], basics: [] as string[] };
    const port = await serve((request, response) => {
      let body = '';
      request
        .on('data', (chunk) => (body += chunk))
        .on('end', () => {
          response.setHeader('content-type', 'application/json');
          if (request.url === '/token') {
            counts.forms.push(body);
            counts.basics.push(
              Buffer.from(request.headers.authorization?.slice(6) ?? '', 'base64').toString(),
            );
            response.statusCode = options.tokenStatus ?? 200;
            const token = `token-${++counts.tokens}`;
            return response.end(
              JSON.stringify(
                response.statusCode === 200
                  ? { access_token: token, expires_in: options.expiresIn ?? 3600 }
                  : { error: 'invalid_client' },
              ),
            );
          }
          counts.calls++;
          const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
          const right = (options.accepts ?? (() => true))(token);
          response.statusCode = right ? 200 : 401;
          response.end(right ? found('1') : '{"detail":"expired"}');
        });
    });
    const credentials = {
      type: 'oauth2-client-credentials',
      tokenUrl: `http://127.0.0.1:${port}/token`,
      clientId: 'hub:1',
      clientSecret: 'cl&ient secret',
      scope: 'scim',
    };
    return { counts, credentials, baseUrl: `http://127.0.0.1:${port}/scim` };
  }

  it('one token serves many calls at once, and the ones after', async () => {
    const { counts, credentials, baseUrl } = await tokenTarget();
    const connector = connect({ baseUrl }, credentials);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => connector.get('user', '1')));
    expect(outcomes.every(({ kind }) => kind === 'ok')).toBe(true);
    await connector.get('user', '1');
    expect(counts.tokens).toBe(1);
    expect(counts.basics).toEqual(['hub%3A1:cl%26ient+secret']);
    expect(Object.fromEntries(new URLSearchParams(counts.forms[0]))).toEqual({
      grant_type: 'client_credentials',
      scope: 'scim',
    });
  });

  it('the client goes into the body when asked to', async () => {
    const { counts, credentials, baseUrl } = await tokenTarget();
    await connect({ baseUrl }, { ...credentials, clientAuthentication: 'body' }).get('user', '1');
    expect(Object.fromEntries(new URLSearchParams(counts.forms[0]))).toMatchObject({
      client_id: 'hub:1',
      client_secret: 'cl&ient secret',
    });
    expect(counts.basics).toEqual(['']);
  });

  it('a token that the target no longer takes is renewed once, also under many calls', async () => {
    let revoked = 0;
    const { counts, credentials, baseUrl } = await tokenTarget({
      accepts: (token) => Number(token.slice(6)) > revoked,
    });
    const connector = connect({ baseUrl }, credentials);
    await connector.get('user', '1');
    revoked = 1;
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => connector.get('user', '1')));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(5).fill('ok'));
    expect(counts.tokens).toBe(2);
  });

  it('a target that takes no token is denied after one renewal', async () => {
    const { counts, credentials, baseUrl } = await tokenTarget({ accepts: () => false });
    expect(await connect({ baseUrl }, credentials).get('user', '1')).toMatchObject({ kind: 'denied' });
    expect(counts).toMatchObject({ tokens: 2, calls: 2 });
  });

  it('a client that is not known is denied; a token endpoint in trouble is waited for', async () => {
    const wrong = await tokenTarget({ tokenStatus: 401 });
    const connector = connect({ baseUrl: wrong.baseUrl }, wrong.credentials);
    const outcome = await connector.create('user', { userName: 'ada' }, live);
    expect(outcome).toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('invalid_client'),
      remedy: expect.any(String),
    });
    expect(JSON.stringify(outcome)).not.toContain('cl&ient secret');
    expect(await failedStep(connector)).toMatchObject({ step: 'authenticate' });
    expect(wrong.counts.calls).toBe(0);
    const down = await tokenTarget({ tokenStatus: 503 });
    expect(await connect({ baseUrl: down.baseUrl }, down.credentials).get('user', '1')).toMatchObject({
      kind: 'retry',
      scope: 'connection',
    });
  });
});

describe('a network that is not as it should be', () => {
  it('a name that does not exist', async () => {
    const connector = connect({ baseUrl: 'https://no-such-host.invalid/scim' });
    expect(await connector.create('user', { userName: 'a' }, live)).toMatchObject({
      kind: 'retry',
      scope: 'connection',
    });
    expect(await failedStep(connector)).toMatchObject({
      step: 'reach',
      remedy: expect.stringContaining('host name'),
    });
  });

  it('a port where nobody listens', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await cleanUp.pop()!();
    const connector = connect({ baseUrl: `http://127.0.0.1:${port}/scim` });
    const outcome = await connector.create('user', { userName: 'a' }, live);
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'connection' });
    expect(outcome).not.toHaveProperty('maybeDone');
    expect(await failedStep(connector)).toMatchObject({ step: 'reach' });
  });

  it('plain HTTP where TLS is expected', async () => {
    const port = await serve((_, response) => response.end());
    const connector = connect({ baseUrl: `https://127.0.0.1:${port}/scim` });
    expect(await connector.get('user', '1')).toMatchObject({ kind: 'retry', scope: 'connection' });
    expect(await failedStep(connector)).toMatchObject({
      step: 'tls',
      remedy: expect.stringContaining('certificate'),
    });
  });

  const openssl = spawnSync('openssl', ['version']).status === 0;
  it.skipIf(!openssl && process.env.CI !== 'true')(
    'a certificate of a private authority (needs the openssl program)',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'rollcall-tls-'));
      cleanUp.push(() => rm(folder, { recursive: true }));
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
          '-keyout',
          key,
          '-out',
          cert,
          ...subject,
        ],
        { stdio: 'ignore' },
      );
      const server = createTlsServer(
        { key: await readFile(key), cert: await readFile(cert) },
        (_, response) => {
          response
            .setHeader('content-type', 'application/json')
            .end('{"id":"1","totalResults":0,"Resources":[]}');
        },
      );
      const baseUrl = `https://127.0.0.1:${await listen(server)}/scim`;
      expect(await failedStep(connect({ baseUrl }))).toMatchObject({ step: 'tls' });
      const trusting = connect({ baseUrl, caCertificates: await readFile(cert, 'utf8') });
      expect(await trusting.get('user', '1')).toMatchObject({ kind: 'ok' });
      expect(await trusting.test()).toMatchObject({ ok: true });
    },
  );

  it('an answer that breaks off in the middle', async () => {
    const port = await serve((_, response) => {
      response.writeHead(201, { 'content-length': '5000' });
      response.write('{"id":', () => response.destroy());
    });
    const connector = connect({ baseUrl: `http://127.0.0.1:${port}` });
    expect(await connector.create('user', { userName: 'a' }, live)).toMatchObject({
      kind: 'retry',
      maybeDone: true,
    });
  });

  it('an answer that trickles in is given up in time', async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    const connector = connect({ baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 200 });
    expect(await connector.get('user', '1')).toMatchObject({
      kind: 'retry',
      message: expect.stringContaining('200 ms'),
    });
  });

  it('a list that does not end is cut off', async () => {
    const port = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = () => void (response.writable && response.write('[],'.repeat(10_000), more));
      more();
    });
    const connector = connect({ baseUrl: `http://127.0.0.1:${port}`, maxAnswerBytes: 100_000 });
    expect(await connector.list('user', {})).toMatchObject({ kind: 'rejected', code: 'answer-too-long' });
  });
});

describe('networks that may not be called', () => {
  const outside = { allowAddress: (address: string) => !address.startsWith('127.') && address !== '::1' };

  it.each(['127.0.0.1', 'localhost', '2130706433', '0x7f.1'])(
    '%s is refused before anything is sent',
    async (host) => {
      let asked = 0;
      const port = await serve((_, response) => {
        asked++;
        response.end();
      });
      const connector = connect({ baseUrl: `http://${host}:${port}/scim` }, undefined, outside);
      expect(await connector.get('user', '1')).toMatchObject({
        kind: 'denied',
        remedy: expect.stringContaining('HUB_TARGET_NETWORKS'),
      });
      expect(await failedStep(connector)).toMatchObject({ step: 'reach' });
      expect(asked).toBe(0);
    },
  );

  it('the token endpoint is no way around it', async () => {
    let asked = 0;
    const port = await serve((_, response) => {
      asked++;
      response.end();
    });
    const tokenUrl = `http://127.0.0.1:${port}/token`;
    const credentials = { type: 'oauth2-client-credentials', tokenUrl, clientId: 'a', clientSecret: 'b' };
    const connector = connect({ baseUrl: 'https://app.example.com/scim' }, credentials, outside);
    expect(await connector.get('user', '1')).toMatchObject({
      kind: 'denied',
      remedy: expect.stringContaining('HUB_TARGET_NETWORKS'),
    });
    expect(asked).toBe(0);
  });

  it('an allowed address is called', async () => {
    const port = await serve((_, response) =>
      response.setHeader('content-type', 'application/json').end(found('1')),
    );
    const connector = connect({ baseUrl: `http://localhost:${port}` }, undefined, {
      allowAddress: (address) => address === '127.0.0.1',
    });
    expect(await connector.get('user', '1')).toMatchObject({ kind: 'ok' });
  });
});
