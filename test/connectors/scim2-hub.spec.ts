import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../harness/index.js';
import { enterprise, openHub, pushThroughRestarts, usersOfKillTest, type Json } from './hub-rig.js';
import { startScimmy, type Scimmy } from './scimmy/start-scimmy.js';

describe('the hub and a real SCIMMY server', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  async function open() {
    const scimmy = await startScimmy();
    cleanUp.push(() => scimmy.stop());
    const rig = await openHub({
      connector: 'scim2',
      settings: { baseUrl: scimmy.baseUrl },
      credentials: { type: 'bearer', token: scimmy.token },
      policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } },
    });
    cleanUp.push(() => rig.stop());
    return { scimmy, ...rig, rig };
  }
  const accountOf = (scimmy: Scimmy, userName: string): Json | undefined =>
    scimmy.users().find((each) => each.userName === userName);
  const membersOf = (scimmy: Scimmy): string[] =>
    (scimmy.groups()[0]?.members ?? []).map(({ value }: Json) => value as string);

  it('joiners, a mover, a group and leavers arrive as Entra sends them', async () => {
    const { scimmy, admin, connection, settled, source, join } = await open();
    const { steps } = await admin('POST', `connections/${connection}/test`);
    expect(steps.filter(({ status }: Json) => status === 'failed')).toEqual([]);
    await admin('POST', `connections/${connection}/enable`);

    const grace = await join('grace@contoso.example', 'Grace', 'Hopper');
    const ada = await join('ada@contoso.example', 'Ada', 'Lovelace');
    await settled(2);
    expect(accountOf(scimmy, 'ada@contoso.example')).toMatchObject({
      displayName: 'Ada Lovelace',
      externalId: 'ada@contoso.example',
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ type: 'work', value: 'ada@contoso.example' }],
      title: 'Engineer',
      active: true,
      [enterprise]: { department: 'Engineering' },
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
    const moved = accountOf(scimmy, 'ada.king@contoso.example')!;
    const boss = accountOf(scimmy, 'grace@contoso.example')!;
    expect(moved).toMatchObject({
      name: { familyName: 'King' },
      [enterprise]: { manager: { value: boss.id } },
    });
    expect(moved).not.toHaveProperty('title');
    expect(scimmy.groups()).toMatchObject([{ displayName: 'Engineering, "R&D"' }]);
    expect(membersOf(scimmy).toSorted()).toEqual([moved.id, boss.id].toSorted());

    await source.patch('Groups', group, { op: 'remove', path: `members[value eq "${grace}"]` });
    await source.patch('Users', grace, { op: 'replace', path: 'active', value: false });
    await waitFor(() => membersOf(scimmy).length === 1, { what: 'Grace to leave the group' });
    await waitFor(() => accountOf(scimmy, 'grace@contoso.example')?.active === false, {
      what: 'Grace to lose access',
    });
    await source.deleteUser(ada);
    await waitFor(() => !accountOf(scimmy, 'ada.king@contoso.example'), {
      what: 'Ada to be gone',
      timeoutMs: 60_000,
    });
    const { items } = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
    expect(items).toEqual([]);
  }, 120_000);

  it(
    `SCIMMY killed and started again in the middle of ${usersOfKillTest} operations: each is there once`,
    async () => {
      const { scimmy, rig } = await open();
      const names = await pushThroughRestarts(rig, {
        arrived: async () => scimmy.users().length,
        kill: () => scimmy.kill(),
        start: () => scimmy.start(),
      });
      const people = scimmy.users().map(({ userName }) => userName as string);
      expect(people.toSorted()).toEqual(names.toSorted());
      expect(scimmy.made('users').toSorted()).toEqual(names.toSorted());
    },
    120_000 + usersOfKillTest * 200,
  );
});
