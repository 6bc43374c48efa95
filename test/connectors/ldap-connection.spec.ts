import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connectorModule, type Connector, type OperationContext, type Outcome } from '@rollcall/connectors';
import { Client } from 'ldapts';
import { describeWithSlapd, freePort, startSlapd, type Slapd } from '../harness/index.js';
import { startLdapInterposer } from './ldap-interposer.js';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

describeWithSlapd('connections to LDAP servers', () => {
  let slapd: Slapd;
  let other: Slapd;
  const open: Connector[] = [];
  beforeAll(async () => {
    [slapd, other] = await Promise.all([
      startSlapd({ sizeLimited: true }),
      startSlapd({ without: ['ppolicy', 'syncprov', 'memberof', 'refint'] }),
    ]);
  });
  afterAll(async () => {
    await slapd?.stop();
    await other?.stop();
  });
  afterEach(async () => {
    for (const connector of open.splice(0)) await connector.close();
  });

  function connect(
    settings: object = {},
    credentials: object = slapd.service,
    allowAddress?: (address: string) => boolean,
  ): Connector {
    const connector = connectorModule('ldap')!.open(
      {
        url: slapd.url,
        caCertificates: slapd.certificate,
        userBase: slapd.people,
        groupBase: slapd.groups,
        ...settings,
      },
      credentials,
      { userAgent: 'rollcall-test', allowAddress },
    );
    open.push(connector);
    return connector;
  }
  const outcomeOf = async (connector: Connector) => {
    const { steps } = await connector.test();
    const failed = steps.find(({ status }) => status === 'failed');
    if (failed) expect(failed.remedy).toMatch(/.{10}/);
    return failed ? `${failed.step}: ${failed.message}` : 'passed';
  };

  it.each([
    ['StartTLS', {}],
    ['LDAPS', { ldaps: true }],
    ['no encryption', { security: 'none' }],
  ])(
    'are tested step by step: %s',
    async (_, { ldaps, ...settings }: { ldaps?: boolean; security?: string }) => {
      const { ok, steps } = await connect({
        ...settings,
        ...(ldaps && { url: slapd.ldapsUrl }),
        writeProbe: true,
      }).test();
      expect(ok).toBe(true);
      expect(steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
        'reach passed',
        `tls ${settings.security === 'none' ? 'skipped' : 'passed'}`,
        'authenticate passed',
        'discover passed',
        'read-users passed',
        'find-user passed',
        'read-groups passed',
        'write-probe passed',
        'limits passed',
      ]);
      expect(await slapd.search(slapd.people, '(uid=rollcall-probe-*)')).toEqual([]);
    },
  );

  it.each<[string, () => Connector, RegExp]>([
    ['a name nobody knows', () => connect({ url: 'ldap://nowhere.invalid' }), /^reach: .*DNS/],
    ['a network that is not allowed', () => connect({}, slapd.service, () => false), /^reach: .*outside/],
    [
      'a name that leads to a network that is not allowed',
      () => connect({ url: `ldap://localhost:${slapd.port}` }, slapd.service, () => false),
      /^reach: .*outside/,
    ],
    ['an authority nobody trusts', () => connect({ caCertificates: undefined }), /^tls: /],
    ['the certificate of another authority', () => connect({ caCertificates: other.certificate }), /^tls: /],
    [
      'LDAPS with another authority',
      () => connect({ url: slapd.ldapsUrl, caCertificates: other.certificate }),
      /^tls: /,
    ],
    ['another name in the certificate', () => connect({ serverName: 'ldap.example.org' }), /^tls: /],
    ['a wrong password', () => connect({}, { ...slapd.service, password: 'wrong' }), /^authenticate: /],
    [
      'a base that is not there',
      () => connect({ userBase: 'ou=nobody,dc=example,dc=org' }),
      /^read-users: .*ou=nobody/,
    ],
    [
      'an object class that is not there',
      () => connect({ userObjectClasses: ['martian'] }),
      /^discover: .*martian/,
    ],
    [
      'a server without ppolicy',
      () =>
        connect({
          url: other.url,
          caCertificates: other.certificate,
          disableBy: 'attribute',
          disableAttribute: 'noSuch',
          disabledValue: 'x',
        }),
      /^discover: .*noSuch/,
    ],
    ['rights to read only', () => connect({ writeProbe: true }, slapd.reader), /^write-probe: /],
  ])('say what is wrong: %s', async (_, make, wrong) => {
    expect(await outcomeOf(make())).toMatch(wrong);
  });

  it.each(['ldap', 'ldaps'])('a client certificate signs in over %s', async (protocol) => {
    const credentials = {
      type: 'certificate',
      certificate: slapd.certificate,
      privateKey: slapd.privateKey,
    };
    const url = protocol === 'ldap' ? slapd.url : slapd.ldapsUrl;
    expect(await outcomeOf(connect({ url, writeProbe: true }, credentials))).toBe('passed');
    const stranger = { ...credentials, certificate: other.certificate, privateKey: other.privateKey };
    expect(await outcomeOf(connect({ url }, stranger))).toMatch(/^(tls|authenticate): /);
  });

  it('nothing listens: the connection waits', async () => {
    const connector = connect({ url: `ldap://127.0.0.1:${await freePort()}` });
    expect(await outcomeOf(connector)).toMatch(/^reach: .*ECONNREFUSED/);
    expect(await connector.find('user', { attribute: 'uid', value: 'ada' })).toMatchObject({
      kind: 'retry',
      scope: 'connection',
    });
  });

  it('a refused address is denied and nothing is sent', async () => {
    const outcome = await connect({}, slapd.service, () => false).create(
      'user',
      { uid: 'x', cn: 'x', sn: 'x' },
      live,
    );
    expect(outcome).toMatchObject({ kind: 'denied', remedy: expect.stringContaining('HUB_TARGET_NETWORKS') });
  });

  it('the size limit that holds for paged searches, too, is found and never taken for the end', async () => {
    await slapd.asOwner(async (client) => {
      for (let at = 0; at < 520; at += 1)
        await client.add(`uid=many${at},${slapd.people}`, { objectClass: 'inetOrgPerson', cn: 'M', sn: 'M' });
    });
    expect(await outcomeOf(connect())).toMatch(/^limits: .*size limit/);
    const connector = connect({ pageSize: 100 });
    let cursor: string | undefined;
    let read = 0;
    for (;;) {
      const outcome = await connector.list('user', { cursor });
      if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
      read += outcome.value.objects.length;
      cursor = outcome.value.nextCursor;
      if (cursor !== undefined) continue;
      expect(outcome.value.cutShort).toContain('size limit');
      break;
    }
    expect(read).toBe(500);
  });

  it('changes cannot be told without contextCSN', async () => {
    const connector = connect({ url: other.url, caCertificates: other.certificate });
    expect(await connector.changes!('user', {})).toMatchObject({ kind: 'rejected', code: 'no-context-csn' });
  });

  it('groups are mended where the server does not do it', async () => {
    const connector = connect({ url: other.url, caCertificates: other.certificate, disableBy: 'none' });
    const made = async (uid: string) => {
      const outcome = await connector.create('user', { uid, cn: uid, sn: uid }, live);
      if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
      return { id: outcome.value.id, type: 'user' as const };
    };
    const [ada, bob] = [await made('ada'), await made('bob')];
    const group = await connector.create('group', { cn: 'both' }, live);
    if (group.kind !== 'ok') throw new Error(JSON.stringify(group));
    await connector.members(group.value.id, { add: [ada, bob], remove: [] }, live);
    await connector.update('user', ada.id, [{ op: 'set', attribute: 'uid', value: 'ada.king' }], live);
    await connector.delete('user', bob.id, live);
    const [entry] = await other.search(other.groups, '(cn=both)', ['member']);
    expect([entry!.member].flat().sort()).toEqual([
      `cn=nobody,${other.groups}`,
      `uid=ada.king,${other.people}`,
    ]);
  });

  it('a longer answer than allowed is cut off', async () => {
    const connector = connect({ maxAnswerBytes: 2_000 });
    const outcome = await connector.list('user', {});
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'answer-too-long' });
  });

  it('a server that is busy makes the connection wait', async () => {
    const interposer = await startLdapInterposer(slapd.port);
    try {
      const { host, port } = interposer.address;
      const connector = connect({ url: `ldap://${host}:${port}`, security: 'none' });
      interposer.refuse = { code: 10, message: 'ldap://main.example.org' };
      const outcome = await connector.create('user', { uid: 'copy', cn: 'x', sn: 'x' }, live);
      expect(outcome).toMatchObject({ kind: 'denied', remedy: expect.stringContaining('main server') });
    } finally {
      await interposer.close();
    }
  });

  it('a page that comes empty and with a cookie is not the end of the list, nor of the changes', async () => {
    const interposer = await startLdapInterposer(slapd.port);
    try {
      const { host, port } = interposer.address;
      const connector = connect({ url: `ldap://${host}:${port}`, security: 'none', pageSize: 1 });
      const { token } = valueOf(await connector.changes!('user', {}));
      const made: string[] = [];
      for (const uid of ['empty-1', 'empty-2'])
        made.push(valueOf(await connector.create('user', { uid, cn: uid, sn: uid }, live)).id);
      interposer.emptyPages = 2;
      const first = valueOf(await connector.changes!('user', { token }));
      interposer.emptyPages = 1;
      const second = valueOf(await connector.changes!('user', { cursor: first.nextCursor }));
      const ids = [first, second].flatMap(({ objects }) => objects.map(({ id }) => id));
      expect(ids.sort()).toEqual(made.sort());
      interposer.emptyPages = Infinity;
      expect(await connector.changes!('user', { token })).toMatchObject({ kind: 'retry', scope: 'object' });
    } finally {
      await interposer.close();
    }
  });

  it.each([
    [{ initialPassword: 'random' }, {}],
    [{ initialPassword: 'random', passwordBy: 'attribute' }, {}],
    [{}, { userPassword: 'a given passphrase' }],
  ])('passwords are set hashed, and never told: %j', async (settings, attributes) => {
    const connector = connect(settings);
    const uid = `pw${Math.random().toString(36).slice(2)}`;
    const created = await connector.create('user', { uid, cn: uid, sn: uid, ...attributes }, live);
    if (created.kind !== 'ok') throw new Error(JSON.stringify(created));
    expect(JSON.stringify(created)).not.toContain('passphrase');
    const [entry] = await slapd.search(slapd.people, `(uid=${uid})`, ['userPassword']);
    expect(String(entry!.userPassword)).toMatch(/^\{SSHA\}/);
    const seen = await connector.get('user', created.value.id);
    expect(JSON.stringify(seen).toLowerCase()).not.toContain('userpassword');
    if (!('userPassword' in attributes)) return;
    const client = new Client({ url: slapd.url });
    await client.bind(`uid=${uid},${slapd.people}`, 'a given passphrase');
    await client.unbind();
  });
});
