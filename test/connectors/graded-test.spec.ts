import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl, selfSigned } from '../integration/tls-files.js';
import { describeWithSlapd, freePort, startSlapd, type Slapd } from '../harness/index.js';
import { openHub, type HubRig, type Json } from './hub-rig.js';
import { accessToken, httpTargets, type Limits } from './http-targets.js';

const cleanUp: (() => Promise<unknown>)[] = [];
let rig: HubRig;
/** Loopback but for one address, which stands for a network the hub may not call. */
const forbidden = '127.0.0.2';

beforeAll(async () => {
  const [first] = httpTargets;
  rig = await openHub(
    {
      connector: first!.connector,
      settings: first!.settings('http://127.0.0.1:1', 'http://127.0.0.1:1', {}),
      credentials: first!.credentials('http://127.0.0.1:1'),
    },
    { HUB_TARGET_NETWORKS: '127.0.0.1/32' },
  );
  cleanUp.push(() => rig.stop());
});
afterAll(async () => {
  for (const each of cleanUp.reverse()) await each();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => sockets.add(socket));
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
const serve = async (handler: RequestListener) => `http://127.0.0.1:${await listen(createServer(handler))}`;
const answer =
  (status: number, type: string, body: string): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { 'content-type': type }).end(body);
const silent = () => listen(createTcpServer((socket) => void socket.on('error', () => undefined)));

let made = 0;
/** The test of a new connection, as an admin starts it. */
async function test(connector: string, settings: object, credentials: object): Promise<Json[]> {
  const body = { name: `graded ${++made}`, connector, settings, credentials };
  const { id } = await rig.admin('POST', 'connections', body);
  const { ok, steps } = await rig.admin('POST', `connections/${id}/test`);
  expect(ok).toBe(false);
  return steps as Json[];
}

/** One step failed, with a remedy; those before it did not, and those after it were not taken, with a reason. */
function expectFailure(steps: Json[], expected: { step: string | RegExp; remedy: RegExp }): void {
  const shown = JSON.stringify(steps, null, 1);
  const failed = steps.filter(({ status }) => status === 'failed');
  expect(failed, shown).toHaveLength(1);
  const [one] = failed as [Json];
  expect(one.step, shown).toMatch(expected.step);
  expect(one.remedy, shown).toMatch(expected.remedy);
  expect(one.message, shown).toMatch(/\w{3}/);
  const rest = steps.slice(steps.indexOf(one) + 1);
  expect(rest.length, shown).toBeGreaterThan(0);
  for (const { status, message } of rest) {
    expect(status, shown).toBe('skipped');
    expect(message, shown).toMatch(/\w{3}/);
  }
}

interface Form {
  form: string;
  app(): Promise<string>;
  limits?: Limits;
  step: RegExp;
  remedy: RegExp;
}

const html = answer(200, 'text/html', '<!doctype html><title>Sign in</title>');
const forms: Form[] = [
  {
    form: 'a name the DNS does not know',
    app: async () => 'http://no-such-app.invalid:8080',
    step: /^reach$/,
    remedy: /name|DNS/,
  },
  {
    form: 'a port nobody listens on',
    app: async () => `http://127.0.0.1:${await freePort()}`,
    step: /^reach$/,
    remedy: /port|firewall/,
  },
  {
    form: 'a network that is not allowed',
    app: async () => `http://${forbidden}:8080`,
    step: /^reach$/,
    remedy: /HUB_TARGET_NETWORKS/,
  },
  {
    form: 'a server that takes calls and never answers',
    app: async () => `http://127.0.0.1:${await silent()}`,
    limits: { timeoutMs: 500 },
    step: /^reach$/,
    remedy: /\w/,
  },
  {
    form: '401',
    app: () => serve(answer(401, 'application/json', '{}')),
    step: /^authenticate$/,
    remedy: /\w/,
  },
  {
    form: '403',
    app: () => serve(answer(403, 'application/json', '{}')),
    step: /^(authenticate|discover|read-users)$/,
    remedy: /right|admin|role|permission|scope|security group/i,
  },
  {
    form: '404, since the path of the address is wrong',
    app: () => serve(answer(404, 'application/json', '{"message":"no such page"}')),
    step: /^(reach|authenticate|discover|read-users)$/,
    remedy: /\w/,
  },
  {
    form: 'a web page',
    app: () => serve(html),
    step: /^(reach|authenticate|discover|read-users)$/,
    remedy: /\w/,
  },
  {
    form: 'another API',
    app: () => serve(answer(200, 'application/json', '{"hello":"world"}')),
    step: /^(authenticate|discover|read-users)$/,
    remedy: /\w/,
  },
];
const tls: Form = {
  form: 'a certificate of an unknown authority',
  app: async () => `https://127.0.0.1:${await listen(createTlsServer(selfSigned('IP:127.0.0.1'), html))}`,
  step: /^tls$/,
  remedy: /authority|trusted/,
};

describe.each(httpTargets)('the test of $name says what is wrong, once', (target) => {
  // What an answer holds is described in the settings there, and may be anything.
  const own = target.connector === 'rest' ? forms.filter(({ form }) => form !== 'another API') : forms;
  it.each(hasOpenssl || process.env.CI === 'true' ? [...own, tls] : own)('$form', async (each) => {
    const app = await each.app();
    const tokens = await serve(
      answer(
        200,
        'application/json',
        JSON.stringify({ access_token: accessToken, token_type: 'Bearer', expires_in: 3600 }),
      ),
    );
    const settings = target.settings(app, tokens, each.limits ?? {});
    const steps = await test(target.connector, settings, target.credentials(tokens));
    expectFailure(steps, each);
    for (const secret of target.secrets) expect(JSON.stringify(steps)).not.toContain(secret);
  });
});

const tokenForms: Form[] = [
  {
    form: 'that refuses the client',
    app: () => serve(answer(401, 'application/json', '{"error":"invalid_client"}')),
    step: /^authenticate$/,
    remedy: /\w/,
  },
  {
    form: 'nobody listens at',
    app: async () => `http://127.0.0.1:${await freePort()}`,
    step: /^(reach|authenticate)$/,
    remedy: /\w/,
  },
  {
    form: 'in a network that is not allowed',
    app: async () => `http://${forbidden}:8080`,
    step: /^(reach|authenticate)$/,
    remedy: /HUB_TARGET_NETWORKS/,
  },
];

describe.each(httpTargets.filter(({ tokenPath }) => tokenPath !== undefined))(
  'the test of $name says what is wrong with a token endpoint',
  (target) => {
    it.each(tokenForms)('$form', async (each) => {
      const app = await serve(html);
      const tokens = await each.app();
      const steps = await test(
        target.connector,
        target.settings(app, tokens, {}),
        target.credentials(tokens),
      );
      expectFailure(steps, each);
      for (const secret of target.secrets) expect(JSON.stringify(steps)).not.toContain(secret);
    });
  },
);

describeWithSlapd('the test of ldap says what is wrong, once', () => {
  let slapd: Slapd;
  beforeAll(async () => {
    slapd = await startSlapd();
    cleanUp.push(() => slapd.stop());
  });
  const cases: {
    form: string;
    settings(): object | Promise<object>;
    credentials?: () => object;
    step: RegExp;
    remedy: RegExp;
  }[] = [
    {
      form: 'a name the DNS does not know',
      settings: () => ({ url: 'ldap://no-such-server.invalid' }),
      step: /^reach$/,
      remedy: /name/,
    },
    {
      form: 'a port nobody listens on',
      settings: async () => ({ url: `ldap://127.0.0.1:${await freePort()}` }),
      step: /^reach$/,
      remedy: /port/,
    },
    {
      form: 'a network that is not allowed',
      settings: () => ({ url: `ldap://${forbidden}` }),
      step: /^reach$/,
      remedy: /HUB_TARGET_NETWORKS/,
    },
    {
      form: 'a server that takes calls and never answers',
      settings: async () => ({ url: `ldap://127.0.0.1:${await silent()}`, timeoutMs: 500, security: 'none' }),
      step: /^authenticate$/,
      remedy: /port.*time-out/,
    },
    {
      form: 'a certificate of an unknown authority',
      settings: () => ({ caCertificates: undefined }),
      step: /^tls$/,
      remedy: /authority/,
    },
    {
      form: 'a wrong password',
      settings: () => ({}),
      credentials: () => ({ ...slapd.service, password: 'wrong-password-4711' }),
      step: /^authenticate$/,
      remedy: /password/,
    },
    {
      form: 'a base that is not there',
      settings: () => ({ userBase: 'ou=nobody,dc=example,dc=org' }),
      step: /^read-users$/,
      remedy: /settings/,
    },
    {
      form: 'a website instead of a directory',
      settings: async () => ({ url: (await serve(html)).replace('http:', 'ldap:'), timeoutMs: 1_000 }),
      step: /^tls$/,
      remedy: /port/,
    },
  ];
  it.each(cases)('$form', async ({ settings, credentials, ...expected }) => {
    const complete = {
      url: slapd.url,
      caCertificates: slapd.certificate,
      userBase: slapd.people,
      groupBase: slapd.groups,
      ...(await settings()),
    };
    const steps = await test('ldap', complete, credentials?.() ?? slapd.service);
    expectFailure(steps, expected);
    expect(JSON.stringify(steps)).not.toContain('wrong-password-4711');
  });

  it('rights that do not reach for writing', async () => {
    const settings = {
      url: slapd.url,
      caCertificates: slapd.certificate,
      userBase: slapd.people,
      groupBase: slapd.groups,
      writeProbe: true,
    };
    const steps = await test('ldap', settings, slapd.reader);
    const failed = steps.filter(({ status }) => status === 'failed');
    expect(failed).toMatchObject([{ step: 'write-probe', remedy: expect.stringContaining('right') }]);
  });
});
