import { afterEach, expect, it } from 'vitest';
import { describeWithSamba, startSamba, type Samba, waitFor } from '../harness/index.js';
import { enterprise, openHub, pushThroughRestarts, usersOfKillTest, type Json } from './hub-rig.js';

const disabled = 0x2;

describeWithSamba('the hub and a real domain controller', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  async function open(settings: (samba: Samba) => object = () => ({})) {
    const samba = await startSamba();
    cleanUp.push(() => samba.stop());
    const rig = await openHub({
      connector: 'active-directory',
      settings: {
        url: samba.ldapsUrl,
        caCertificates: samba.certificate,
        userBase: samba.people,
        groupBase: samba.groups,
        ...settings(samba),
      },
      credentials: samba.service,
      policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } },
    });
    cleanUp.push(() => rig.stop());
    return { samba, ...rig, rig };
  }

  const accountOf = async (samba: Samba, upn: string): Promise<Json | undefined> =>
    (await samba.search(samba.domain, `(userPrincipalName=${upn})`))[0];

  it('joiners, a mover, a group and leavers arrive as Entra sends them', async () => {
    const { samba, admin, connection, settled, source, join } = await open(({ leavers }) => ({
      disabledBase: leavers,
      writeProbe: true,
    }));
    const { items: connectors } = await admin('GET', 'connectors');
    const { defaultMappings } = connectors.find(({ type }: Json) => type === 'active-directory');
    const ouByDepartment = {
      target: 'parentDistinguishedName',
      apply: 'always',
      expression: `$Switch($Attribute("${enterprise}:department"), "${samba.people}", "Sales", "${samba.berlin}")`,
    };
    defaultMappings.users.attributes.push(ouByDepartment);
    await admin('PATCH', `connections/${connection}`, { mappings: defaultMappings });
    const { steps } = await admin('POST', `connections/${connection}/test`);
    expect(steps.filter(({ status }: Json) => status !== 'passed')).toEqual([]);
    await admin('POST', `connections/${connection}/enable`);

    const grace = await join('grace.hopper@contoso.example', 'Grace', 'Hopper');
    const ada = await join('ada.lovelace@contoso.example', 'Ada', 'Lovelace');
    const other = await join('ada.lovelace@fabrikam.example', 'Ada', 'Lovelace');
    await settled(3);
    const boss = (await accountOf(samba, 'grace.hopper@contoso.example'))!;
    expect(boss).toMatchObject({
      dn: `CN=Grace Hopper,${samba.people}`,
      sAMAccountName: 'grace.hopper',
      userAccountControl: '512',
      givenName: 'Grace',
      sn: 'Hopper',
      mail: 'grace.hopper@contoso.example',
      title: 'Engineer',
      l: 'London',
      c: 'UK',
      department: 'Engineering',
    });
    const namesakes = await samba.search(samba.people, '(sn=Lovelace)', ['cn', 'sAMAccountName']);
    expect(namesakes.map(({ cn }) => cn).sort()).toEqual(['Ada Lovelace', 'Ada Lovelace 2']);
    expect(new Set(namesakes.map(({ sAMAccountName }) => sAMAccountName)).size).toBe(2);

    await source.patch(
      'Users',
      ada,
      { op: 'replace', path: 'userName', value: 'ada.king@contoso.example' },
      { op: 'replace', path: 'displayName', value: 'Ada King, Countess' },
      { op: 'replace', path: 'name.familyName', value: 'King' },
      { op: 'add', path: `${enterprise}:manager`, value: grace },
      { op: 'remove', path: 'title' },
      { op: 'replace', path: `${enterprise}:department`, value: 'Sales' },
    );
    const group = await source.createGroup('Engineering, "R&D"', [ada, grace]);
    await settled(4);
    const moved = (await accountOf(samba, 'ada.king@contoso.example'))!;
    expect(moved).toMatchObject({ cn: 'Ada King, Countess', sn: 'King', manager: boss.dn });
    expect(moved.dn).toBe(`CN=Ada King\\, Countess,${samba.berlin}`);
    expect(moved).not.toHaveProperty('title');
    const members = async () => {
      const [entry] = await samba.search(samba.groups, '(objectClass=group)', ['member', 'sAMAccountName']);
      expect(entry!.sAMAccountName).toBe('Engineering_ _R&D_');
      return [(entry as Json).member].flat().sort();
    };
    expect(await members()).toEqual([moved.dn, boss.dn].sort());

    await source.patch('Groups', group, { op: 'remove', path: `members[value eq "${grace}"]` });
    await source.patch('Users', grace, { op: 'replace', path: 'active', value: false });
    await waitFor(async () => (await members()).length === 1, { what: 'Grace to leave the group' });
    await waitFor(
      async () => {
        const account = await accountOf(samba, 'grace.hopper@contoso.example');
        return (
          (Number(account!.userAccountControl) & disabled) !== 0 &&
          account!.dn === `CN=Grace Hopper,${samba.leavers}`
        );
      },
      { what: 'Grace to lose access and to be moved' },
    );
    for (const [active, place] of [
      [false, samba.leavers],
      [true, samba.berlin],
    ] as const) {
      await source.patch('Users', ada, { op: 'replace', path: 'active', value: active });
      await waitFor(
        async () => {
          const account = (await accountOf(samba, 'ada.king@contoso.example'))!;
          const enabled = (Number(account.userAccountControl) & disabled) === 0;
          return enabled === active && account.dn.endsWith(`,${place}`);
        },
        { what: `Ada to be in ${place}` },
      );
    }
    await source.deleteUser(other);
    await waitFor(async () => !(await accountOf(samba, 'ada.lovelace@fabrikam.example')), {
      what: 'the namesake to be gone',
      timeoutMs: 60_000,
    });
    const { items } = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
    expect(items).toEqual([]);
  }, 120_000);

  it(
    `the domain controller killed and started again in the middle of ${usersOfKillTest} operations: each is there once`,
    async () => {
      const { samba, rig } = await open();
      const accounts = () => samba.search(samba.people, '(objectClass=user)', ['userPrincipalName']);
      const names = await pushThroughRestarts(rig, {
        arrived: async () => (await accounts()).length,
        kill: () => samba.kill(),
        start: () => samba.start(),
      });
      const there = (await accounts()).map(({ userPrincipalName }) => userPrincipalName);
      expect(there.sort()).toEqual(names.toSorted());
      const everywhere = await samba.search(samba.domain, '(userPrincipalName=user*@contoso.example)', [
        'cn',
      ]);
      expect(everywhere).toHaveLength(names.length);
    },
    120_000 + usersOfKillTest * 200,
  );
});
