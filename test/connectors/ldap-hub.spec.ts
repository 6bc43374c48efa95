import { afterEach, expect, it } from 'vitest';
import { describeWithSlapd, startSlapd, type Slapd, waitFor } from '../harness/index.js';
import { enterprise, openHub, pushThroughRestarts, usersOfKillTest, type Json } from './hub-rig.js';

describeWithSlapd('the hub and a real slapd', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  async function open() {
    const slapd = await startSlapd();
    cleanUp.push(() => slapd.stop());
    const rig = await openHub({
      connector: 'ldap',
      settings: {
        url: slapd.url,
        caCertificates: slapd.certificate,
        userBase: slapd.people,
        groupBase: slapd.groups,
      },
      credentials: slapd.service,
      policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } },
    });
    cleanUp.push(() => rig.stop());
    return { slapd, ...rig, rig };
  }

  const entryOf = async (slapd: Slapd, uid: string): Promise<Json | undefined> =>
    (await slapd.search(slapd.people, `(uid=${uid})`))[0];

  it('joiners, a mover, a group and leavers arrive as Entra sends them', async () => {
    const { slapd, admin, connection, settled, source, join } = await open();
    const { steps } = await admin('POST', `connections/${connection}/test`);
    expect(steps.filter(({ status }: Json) => status === 'failed')).toEqual([]);
    await admin('POST', `connections/${connection}/enable`);

    const grace = await join('grace@contoso.example', 'Grace', 'Hopper');
    const ada = await join('ada@contoso.example', 'Ada', 'Lovelace');
    await settled(2);
    expect(await entryOf(slapd, 'ada@contoso.example')).toMatchObject({
      cn: 'Ada Lovelace',
      sn: 'Lovelace',
      givenName: 'Ada',
      mail: 'ada@contoso.example',
      title: 'Engineer',
      l: 'London',
      departmentNumber: 'Engineering',
    });

    await source.patch(
      'Users',
      ada,
      { op: 'replace', path: 'userName', value: 'ada.king@contoso.example' },
      { op: 'replace', path: 'name.familyName', value: 'King' },
      { op: 'add', path: `${enterprise}:manager`, value: grace },
      { op: 'remove', path: 'title' },
    );
    const group = await source.createGroup('Engineering, "R&D"', [ada, grace]);
    await settled(3);
    const moved = (await entryOf(slapd, 'ada.king@contoso.example'))!;
    const boss = (await entryOf(slapd, 'grace@contoso.example'))!;
    expect(moved).toMatchObject({ sn: 'King', manager: boss.dn });
    expect(moved).not.toHaveProperty('title');
    const members = async () => {
      const [entry] = await slapd.search(slapd.groups, '(objectClass=groupOfNames)');
      return [(entry as Json).member].flat().filter((dn: string) => !dn.startsWith('cn=nobody'));
    };
    expect((await members()).sort()).toEqual([moved.dn, boss.dn].sort());

    await source.patch('Groups', group, { op: 'remove', path: `members[value eq "${grace}"]` });
    await source.patch('Users', grace, { op: 'replace', path: 'active', value: false });
    await waitFor(async () => (await members()).length === 1, { what: 'Grace to leave the group' });
    await waitFor(
      async () => (await entryOf(slapd, 'grace@contoso.example'))?.pwdAccountLockedTime === '000001010000Z',
      { what: 'Grace to lose access' },
    );
    await source.deleteUser(ada);
    await waitFor(async () => !(await entryOf(slapd, 'ada.king@contoso.example')), {
      what: 'Ada to be gone',
      timeoutMs: 60_000,
    });
    const { items } = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
    expect(items).toEqual([]);
  }, 120_000);

  it(
    `slapd killed and started again in the middle of ${usersOfKillTest} operations: each is there once`,
    async () => {
      const { slapd, rig } = await open();
      const names = await pushThroughRestarts(rig, {
        arrived: async () => (await slapd.search(slapd.people, '(uid=*)', ['uid'])).length,
        kill: () => slapd.kill(),
        start: () => slapd.start(),
      });
      const entries = await slapd.search(slapd.people, '(uid=*)', ['uid']);
      expect(entries.map(({ uid }) => uid).sort()).toEqual(names.toSorted());
      const added = await slapd.search('cn=accesslog', '(&(objectClass=auditAdd)(reqResult=0))', ['reqDN']);
      const ofPeople = added.filter(({ reqDN }) => String(reqDN).startsWith('uid='));
      expect(new Set(ofPeople.map(({ reqDN }) => reqDN)).size).toBe(ofPeople.length);
    },
    120_000 + usersOfKillTest * 200,
  );
});
