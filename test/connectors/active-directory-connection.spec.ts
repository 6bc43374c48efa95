import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connectorModule, type Connector, type OperationContext, type Outcome } from '@rollcall/connectors';
import {
  describeWithSamba,
  describeWithSlapd,
  freePort,
  startSamba,
  startSlapd,
  type Samba,
} from '../harness/index.js';
import { startLdapInterposer } from './ldap-interposer.js';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };

function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

describeWithSamba('connections to domain controllers', () => {
  let samba: Samba;
  let serial = 0;
  const open: Connector[] = [];
  beforeAll(async () => {
    samba = await startSamba();
  });
  afterAll(() => samba?.stop());
  afterEach(async () => {
    for (const connector of open.splice(0)) await connector.close();
  });

  function connect(
    settings: object = {},
    credentials: object = samba.service,
    allowAddress?: (address: string) => boolean,
  ): Connector {
    const connector = connectorModule('active-directory')!.open(
      {
        url: samba.url,
        caCertificates: samba.certificate,
        userBase: samba.people,
        groupBase: samba.groups,
        ...settings,
      },
      credentials,
      { userAgent: 'rollcall-test', allowAddress },
    );
    open.push(connector);
    return connector;
  }
  const person = () => {
    serial += 1;
    return { cn: `p${serial}`, sAMAccountName: `p${serial}` };
  };
  const outcomeOf = async (connector: Connector) => {
    const { steps } = await connector.test();
    const failed = steps.find(({ status }) => status === 'failed');
    if (failed) expect(failed.remedy).toMatch(/.{10}/);
    return failed ? `${failed.step}: ${failed.message}` : 'passed';
  };
  /** An account of the test's own that may be ruined. */
  const account = async (change: Record<string, string>) => {
    const { sAMAccountName } = person();
    const password = 'Correct-Horse-1';
    await samba.asAdministrator((client) =>
      client.add(`CN=${sAMAccountName},CN=Users,${samba.domain}`, {
        objectClass: 'user',
        cn: sAMAccountName,
        sAMAccountName,
        unicodePwd: Buffer.from(`"${password}"`, 'utf16le') as unknown as string,
        userAccountControl: '512',
        ...change,
      }),
    );
    return { type: 'simple', user: `EXAMPLE\\${sAMAccountName}`, password };
  };

  it.each([
    ['StartTLS', () => samba.url],
    ['LDAPS', () => samba.ldapsUrl],
  ])('are tested step by step: %s', async (_, url) => {
    const { ok, steps } = await connect({ url: url(), writeProbe: true }).test();
    expect(steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'reach passed',
      'tls passed',
      'authenticate passed',
      'discover passed',
      'read-users passed',
      'find-user passed',
      'read-groups passed',
      'write-probe passed',
      'limits passed',
    ]);
    expect(ok).toBe(true);
    expect(await samba.search(samba.people, '(cn=rollcall-probe-*)')).toEqual([]);
  });

  it.each<[string, () => Connector | Promise<Connector>, RegExp]>([
    ['a name nobody knows', () => connect({ url: 'ldap://nowhere.invalid' }), /^reach: .*DNS/],
    ['a network that is not allowed', () => connect({}, samba.service, () => false), /^reach: .*outside/],
    ['an authority nobody trusts', () => connect({ caCertificates: undefined }), /^tls: /],
    [
      'an authority nobody trusts, over LDAPS',
      () => connect({ url: samba.ldapsUrl, caCertificates: undefined }),
      /^tls: /,
    ],
    ['another name in the certificate', () => connect({ serverName: 'dc.example.org' }), /^tls: /],
    [
      'a wrong password',
      () => connect({}, { ...samba.service, password: 'wrong' }),
      /^authenticate: The name or the password is wrong/,
    ],
    [
      'an account that has to change its password',
      async () => connect({}, await account({ pwdLastSet: '0' })),
      /^authenticate: .*change its password/,
    ],
    [
      'an account that has expired',
      async () => connect({}, await account({ accountExpires: '116444736000000000' })),
      /^authenticate: The account has expired/,
    ],
    [
      'an account that is disabled',
      async () => connect({}, await account({ userAccountControl: '514' })),
      /^authenticate: The account is disabled/,
    ],
    [
      'an OU that is not there',
      () => connect({ userBase: `OU=Nobody,${samba.domain}` }),
      /^read-users: .*OU=Nobody/,
    ],
    [
      'an OU of leavers that is not there',
      () => connect({ disabledBase: `OU=Nobody,${samba.domain}` }),
      /^read-users: .*OU=Nobody/,
    ],
    [
      'an OU of groups that is not there',
      () => connect({ groupBase: `OU=Nobody,${samba.domain}` }),
      /^read-groups: .*OU=Nobody/,
    ],
    ['rights to read only', () => connect({ writeProbe: true }, samba.reader), /^write-probe: /],
  ])('say what is wrong: %s', async (_, make, wrong) => {
    expect(await outcomeOf(await make())).toMatch(wrong);
  });

  it('sign in by each form of a name', async () => {
    for (const user of [
      samba.service.user,
      'EXAMPLE\\svc-rollcall',
      `CN=svc-rollcall,CN=Users,${samba.domain}`,
    ])
      expect(await outcomeOf(connect({}, { ...samba.service, user }))).toBe('passed');
  });

  it('nothing listens: the connection waits', async () => {
    const connector = connect({ url: `ldap://127.0.0.1:${await freePort()}` });
    expect(await outcomeOf(connector)).toMatch(/^reach: .*ECONNREFUSED/);
    expect(await connector.create('user', person(), live)).toMatchObject({
      kind: 'retry',
      scope: 'connection',
    });
  });

  it('a refused address is denied and nothing is sent', async () => {
    const outcome = await connect({}, samba.service, () => false).create('user', person(), live);
    expect(outcome).toMatchObject({ kind: 'denied', remedy: expect.stringContaining('HUB_TARGET_NETWORKS') });
  });

  it('a domain controller that wants more encryption is told with what to do', async () => {
    const { address, certificate, privateKey } = samba;
    const interposer = await startLdapInterposer(636, { host: address, certificate, privateKey });
    try {
      const { host, port } = interposer.address;
      const connector = connect({ url: `ldaps://${host}:${port}` });
      interposer.refuse = { code: 8, message: '00002028: LdapErr: DSID-0C090259, comment: sign or seal' };
      expect(await connector.create('user', person(), live)).toMatchObject({
        kind: 'denied',
        remedy: expect.stringContaining('starttls or ldaps'),
      });
    } finally {
      await interposer.close();
    }
  });

  it('pages that come empty and with a cookie are not the end: of deletions, of changes, of members', async () => {
    const { address, certificate, privateKey } = samba;
    const interposer = await startLdapInterposer(636, { host: address, certificate, privateKey });
    try {
      const { host, port } = interposer.address;
      const connector = connect({ url: `ldaps://${host}:${port}`, pageSize: 1 });
      const { token } = valueOf(await connector.changes!('user', {}));
      const made = valueOf(await connector.create('user', person(), live)).id;
      const lost = valueOf(await connector.create('user', person(), live)).id;
      valueOf(await connector.delete('user', lost, live));
      interposer.emptyPages = 1;
      const pages = [valueOf(await connector.changes!('user', { token }))];
      for (let cursor = pages[0]!.nextCursor; cursor !== undefined; cursor = pages.at(-1)!.nextCursor) {
        interposer.emptyPages = 1;
        pages.push(valueOf(await connector.changes!('user', { cursor })));
      }
      expect(pages.flatMap(({ objects }) => objects.map(({ id }) => id))).toEqual([made]);
      expect(pages.at(-1)).toMatchObject({ deleted: [{ id: lost }], token: expect.any(String) });

      const group = valueOf(await connector.create('group', { cn: `all ${made}` }, live)).id;
      const nested = valueOf(await connector.create('group', { cn: `some ${made}` }, live)).id;
      valueOf(await connector.members(group, { add: [{ id: nested, type: 'group' }], remove: [] }, live));
      interposer.emptyPages = 2;
      const { members } = valueOf(await connector.get('group', group, { members: true }));
      expect(members).toEqual([{ id: nested, type: 'group' }]);
    } finally {
      await interposer.close();
    }
  });

  it('a longer answer than allowed is cut off', async () => {
    const connector = connect({ maxAnswerBytes: 2_000 });
    expect(await connector.discover()).toMatchObject({ kind: 'rejected', code: 'answer-too-long' });
  });
});

describeWithSlapd('a server that is no domain controller', () => {
  it('is told from one', async () => {
    const slapd = await startSlapd();
    const connector = connectorModule('active-directory')!.open(
      { url: slapd.url, caCertificates: slapd.certificate, userBase: slapd.people },
      { type: 'simple', user: slapd.service.bindDn, password: slapd.service.password },
      { userAgent: 'rollcall-test' },
    );
    try {
      const { steps } = await connector.test();
      expect(steps.find(({ status }) => status === 'failed')).toMatchObject({
        step: 'discover',
        remedy: expect.stringContaining('LDAP connector'),
      });
    } finally {
      await connector.close();
      await slapd.stop();
    }
  });
});
