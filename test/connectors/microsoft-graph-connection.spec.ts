import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Connector,
  type ConnectorRuntime,
  connectorModule,
  type TestReport,
} from '@rollcall/connectors';
import { apps, type GraphDouble, startGraphDouble } from '../doubles/microsoft-graph/graph-double.js';
import { hasOpenssl, type KeyPair, selfSigned } from '../integration/tls-files.js';
import { openGraph } from './microsoft-graph-connection.js';

const module = connectorModule('microsoft-graph')!;
const open: Connector[] = [];
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const connector of open.splice(0)) await connector.close();
  for (const each of cleanUp.splice(0).reverse()) await each();
});

const failure = ({ steps }: TestReport): string => {
  const failed = steps.filter(({ status }) => status === 'failed');
  expect(failed.every(({ remedy }) => (remedy ?? '').length > 10)).toBe(true);
  return failed.map(({ step, message, remedy }) => `${step}: ${message} ${remedy}`).join('; ');
};

describe('with a secret', () => {
  let double: GraphDouble;
  beforeAll(async () => {
    double = await startGraphDouble();
  });
  afterAll(() => double.stop());
  beforeEach(() => {
    double.throttle = undefined;
    double.calls.length = 0;
  });

  function connect(
    settings: object = {},
    app: { clientId: string; secret: string } = apps.writer,
    runtime: Partial<ConnectorRuntime> = {},
  ): Connector {
    const connector = openGraph(double.authority, { tenant: double.tenant, ...settings }, app, runtime);
    open.push(connector);
    return connector;
  }

  it('a good connection is green, and the write test leaves nothing behind', async () => {
    const { ok, steps } = await connect({ writeProbe: true }).test();
    expect(ok).toBe(true);
    expect(steps.find(({ step }) => step === 'authenticate')!.message).toContain('User.ReadWrite.All');
    expect(steps.find(({ step }) => step === 'discover')!.message).toContain('contoso.example');
    expect(steps.find(({ step }) => step === 'write-probe')!.status).toBe('passed');
    expect(double.directory.objects.size + double.directory.deleted.size).toBe(0);
  });

  it('an app that may only read is told so, and fails where it has to write', async () => {
    const read = await connect({}, apps.reader).test();
    expect(read.ok).toBe(true);
    const { message } = read.steps.find(({ step }) => step === 'write-probe')!;
    expect(message).toMatch(/lacks User\.ReadWrite\.All and Group\.ReadWrite\.All/);
    expect(failure(await connect({ writeProbe: true }, apps.reader).test())).toMatch(/^write-probe: /);
  });

  it.each<[string, () => Connector, RegExp]>([
    [
      'a wrong secret',
      () => connect({}, { ...apps.writer, secret: 'wrong' }),
      /^authenticate: .*AADSTS7000215.*value of the client secret/,
    ],
    [
      'an app that is not registered',
      () => connect({}, { ...apps.writer, clientId: '99999999-9999-4999-8999-999999999999' }),
      /^authenticate: .*AADSTS700016.*client\) id/,
    ],
    ['another tenant', () => connect({ tenant: 'fabrikam.example' }), /^authenticate: .*AADSTS90002.*tenant/],
    [
      'no application permission',
      () => connect({}, apps.nobody),
      /^authenticate: .*no application permission.*consent/,
    ],
    [
      'a port nobody listens on',
      () => connect({ graphUrl: 'http://127.0.0.1:9/v1.0' }),
      /^reach: .*firewall/,
    ],
    [
      'a network that is not allowed',
      () => connect({}, apps.writer, { allowAddress: () => false }),
      /^reach: .*outside.*HUB_TARGET_NETWORKS/,
    ],
    ['a wrong version', () => connect({ graphUrl: `${double.authority}/v9` }), /^read-users: .*address/],
    [
      'a domain that is not verified',
      () => connect({ writeProbe: true, probeDomain: 'fabrikam.example' }),
      /^write-probe: .*verified domain/,
    ],
  ])('%s: the test says at which step, and what to do', async (_, make, expected) => {
    expect(failure(await make().test())).toMatch(expected);
  });

  it('one token serves many calls, and sockets are closed in the end', async () => {
    const connector = connect();
    const issued = double.tokens.issued;
    const key = { attribute: 'displayName', value: 'nobody' };
    await Promise.all(Array.from({ length: 20 }, () => connector.find('user', key)));
    expect(double.tokens.issued).toBe(issued + 1);
    expect(double.openConnections).toBeGreaterThan(0);
    await connector.close();
    await expect.poll(() => double.openConnections).toBe(0);
  });

  it('each call has an id of its own for support, and says who calls', async () => {
    const connector = connect();
    await connector.list('user', {});
    await connector.list('user', {});
    const ids = double.calls.map(({ headers }) => headers['client-request-id']);
    expect(new Set(ids).size).toBe(2);
    expect(double.calls[0]!.headers['user-agent']).toBe('rollcall-test');
  });
});

describe.skipIf(!hasOpenssl && process.env.CI !== 'true')('with a certificate (needs openssl)', () => {
  let pair: KeyPair;
  let other: KeyPair;
  let double: GraphDouble;
  beforeAll(async () => {
    pair = selfSigned('DNS:hub.example.com', { algorithm: 'rsa' });
    other = selfSigned('DNS:hub.example.com', { algorithm: 'rsa' });
    double = await startGraphDouble({ certificate: pair.cert });
  });
  afterAll(() => double.stop());

  const connect = ({ cert, key }: KeyPair): Connector => {
    const app = { ...apps.signer, certificate: cert, privateKey: key };
    const connector = openGraph(double.authority, { tenant: double.tenant }, app);
    open.push(connector);
    return connector;
  };

  it('an assertion signed with its key signs in, anew each time', async () => {
    const connector = connect(pair);
    const { ok, steps } = await connector.test();
    expect(steps.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(ok).toBe(true);
    double.tokens.expireAll();
    expect((await connector.list('user', {})).kind).toBe('ok');
    expect(double.tokens.issued).toBe(2);
  });

  it('one that is not registered is refused', async () => {
    expect(failure(await connect(other).test())).toMatch(
      /^authenticate: .*AADSTS700027.*Upload the certificate/,
    );
  });

  it('what cannot work is refused when it is saved', () => {
    const check = (credentials: object) =>
      module.check!({ credentials: { type: 'certificate', clientId: apps.signer.clientId, ...credentials } });
    const good = { certificate: pair.cert, privateKey: pair.key };
    expect(check(good)).toEqual([]);
    const curve = selfSigned('DNS:hub.example.com');
    const ended = selfSigned('DNS:hub.example.com', { algorithm: 'rsa', days: [-9, -2] });
    const wrong: [object, string, RegExp][] = [
      [{ ...good, certificate: 'nonsense' }, 'credentials.certificate', /PEM/],
      [{ ...good, privateKey: 'nonsense' }, 'credentials.privateKey', /PEM/],
      [{ ...good, privateKey: other.key }, 'credentials.privateKey', /belong/],
      [{ certificate: curve.cert, privateKey: curve.key }, 'credentials.privateKey', /RSA/],
      [{ certificate: ended.cert, privateKey: ended.key }, 'credentials.certificate', /ended/],
    ];
    for (const [credentials, field, message] of wrong)
      expect(check(credentials)).toEqual([{ field, message: expect.stringMatching(message) as string }]);
  });
});

/** Signs everybody in, and answers everything with this. */
async function startElsewhere(answer: (request: IncomingMessage) => object | string): Promise<string> {
  const server = createServer((request, response) => {
    const token = { access_token: 'token-4711', expires_in: 3600, token_type: 'Bearer' };
    const isToken = request.url!.endsWith('/token');
    const body = isToken ? token : answer(request);
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('lists that lead away', () => {
  it('take no token to another host: the path is asked for at Graph, or the list is told as cut short', async () => {
    const stolen: string[] = [];
    const thief = await startElsewhere((request) => {
      stolen.push(request.url!);
      return { value: [] };
    });
    let link = `${thief}/v1.0/users?$skiptoken=1`;
    const asked: string[] = [];
    const graph = await startElsewhere((request) => {
      asked.push(request.url!);
      return { value: [{ id: String(asked.length) }], '@odata.nextLink': link };
    });
    const connector = openGraph(graph, { tenant: 'contoso.example' }, apps.writer);
    open.push(connector);
    const first = await connector.list('user', {});
    if (first.kind !== 'ok') throw new Error(first.kind);
    link = `${thief}/beta/users`;
    const second = await connector.list('user', { cursor: first.value.nextCursor });
    expect(second).toMatchObject({
      kind: 'ok',
      value: { cutShort: expect.stringContaining('another address') },
    });
    expect(asked[1]).toBe('/v1.0/users?$skiptoken=1');
    expect(stolen).toEqual([]);
  });

  it('of members are never given out in part', async () => {
    const graph = await startElsewhere(({ url }) =>
      url!.includes('/members')
        ? {
            value: [{ '@odata.type': '#microsoft.graph.user', id: '2' }],
            '@odata.nextLink': 'https://thief.example/',
          }
        : { id: '1' },
    );
    const connector = openGraph(graph, { tenant: 'contoso.example' }, apps.writer);
    open.push(connector);
    expect(await connector.get('group', '1', { members: true })).toMatchObject({ kind: 'rejected' });
  });

  it.each<[string, (page: number) => [ids: string[], next: number]]>([
    ['a circle that the first page is not in', (page) => [[`u${page}`], page === 5 ? 2 : page + 1]],
    ['a circle with new links each time', (page) => [[`u${page % 7}`], page + 1]],
    ['an empty page that leads to itself', () => [[], 1]],
  ])('have an end: %s', async (_, pageOf) => {
    const graph = await startElsewhere(({ url, headers }) => {
      const page = Number(new URL(url!, 'http://graph.example').searchParams.get('$skiptoken') ?? 0);
      const [ids, next] = pageOf(page);
      const value = ids.map((id) => ({ id }));
      return { value, '@odata.nextLink': `http://${headers.host}/v1.0/users?$skiptoken=${next}` };
    });
    const connector = openGraph(graph, { tenant: 'contoso.example' }, apps.writer);
    open.push(connector);
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

  it('that have no end and no link for changes are cut short', async () => {
    const graph = await startElsewhere(() => ({ value: [] }));
    const connector = openGraph(graph, { tenant: 'contoso.example' }, apps.writer);
    open.push(connector);
    expect(await connector.changes!('user', {})).toMatchObject({ value: { cutShort: expect.any(String) } });
  });
});

it('a web page in front of Graph is believed no write: it may be done, and the connection waits', async () => {
  const page = await startElsewhere(() => '<html>Sign in</html>');
  const connector = openGraph(page, { tenant: 'contoso.example' }, apps.writer);
  open.push(connector);
  const live = { operationId: '1', attempt: 1, mode: 'live' } as const;
  const member = [{ id: '2', type: 'user' as const }];
  for (const outcome of [
    await connector.update('user', '1', [{ op: 'set', attribute: 'accountEnabled', value: false }], live),
    await connector.delete('user', '1', live),
    await connector.members('1', { add: member, remove: [] }, live),
    await connector.members('1', { add: [], remove: member }, live),
  ])
    expect(outcome).toMatchObject({
      kind: 'retry',
      scope: 'connection',
      maybeDone: true,
      answer: 'HTTP 200',
    });
});

it('what Graph answered to a write is told as it was', async () => {
  const graph = await startElsewhere(() => '');
  const connector = openGraph(graph, { tenant: 'contoso.example' }, apps.writer);
  open.push(connector);
  const live = { operationId: '1', attempt: 1, mode: 'live' } as const;
  const change = [{ op: 'set' as const, attribute: 'jobTitle', value: 'Head' }];
  expect(await connector.update('user', '1', change, live)).toMatchObject({ kind: 'ok', answer: 'HTTP 200' });
});

it.each([
  ['us-gov-l4', 'https://login.microsoftonline.us', 'https://graph.microsoft.us/v1.0'],
  ['us-gov-l5', 'https://login.microsoftonline.us', 'https://dod-graph.microsoft.us/v1.0'],
  ['china', 'https://login.partner.microsoftonline.cn', 'https://microsoftgraph.chinacloudapi.cn/v1.0'],
  ['global', 'https://login.microsoftonline.com', 'https://graph.microsoft.com/v1.0'],
])(
  'the cloud %s has its own addresses, and the plan of a call shows where it would go',
  async (preset, authority, graphUrl) => {
    const { clientId, secret } = apps.writer;
    const credentials = { type: 'client-secret', clientId, clientSecret: secret };
    const connector = module.open({ preset, tenant: 'contoso.example' }, credentials, {
      userAgent: 'rollcall-test',
    });
    open.push(connector);
    expect(module.manifest.presets.find(({ id }) => id === preset)!.settings).toEqual({
      authority,
      graphUrl,
    });
    const plan = await connector.delete('user', '1', { operationId: '1', attempt: 1, mode: 'plan' });
    expect(plan.calls).toEqual([{ method: 'DELETE', url: `${graphUrl}/users/1` }]);
  },
);
