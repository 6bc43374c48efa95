import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startWebhookReceiver } from '../doubles/webhook-receiver/receiver.js';
import { describeWithRedmine, startRedmine, type Redmine, waitFor } from '../harness/index.js';
import { openHub, pushThroughRestarts, usersOfKillTest, type Json } from './hub-rig.js';

const policy = { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } };

/** Redmine makes some ten accounts a second. */
const usersOfRedmine = Number(process.env.CONNECTOR_USERS ?? 30);

describeWithRedmine('the hub and a real Redmine', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  let redmine: Redmine;
  beforeAll(async () => {
    redmine = await startRedmine();
  });
  afterAll(() => redmine?.stop());
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  async function open() {
    const rig = await openHub({
      connector: 'rest',
      settings: { preset: 'redmine', baseUrl: redmine.url, writeProbe: true },
      credentials: { type: 'header', name: 'X-Redmine-API-Key', value: redmine.adminKey },
      policy,
    });
    cleanUp.push(() => rig.stop());
    return { ...rig, rig };
  }

  const accounts = (where = "login LIKE '%@contoso.example'") =>
    redmine.query(
      `SELECT u.id, u.login, u.firstname, u.lastname, u.status, e.address AS mail FROM users u
       LEFT JOIN email_addresses e ON e.user_id = u.id AND e.is_default WHERE ${where} ORDER BY u.login`,
    );
  const statusOf = async (name: string) => (await accounts(`login = '${name}@contoso.example'`))[0]?.status;
  const members = async () => {
    const rows = await redmine.query(
      'SELECT login FROM groups_users JOIN users ON users.id = user_id ORDER BY login',
    );
    return rows.map(({ login }) => login).join();
  };

  it('joiners, a mover, a group and leavers arrive as Entra sends them', async () => {
    const { admin, connection, settled, source, join } = await open();
    const { steps } = await admin('POST', `connections/${connection}/test`);
    expect(steps.filter(({ status }: Json) => status === 'failed')).toEqual([]);
    expect(steps.find(({ step }: Json) => step === 'write-probe').status).toBe('passed');
    expect(await accounts("login LIKE 'rollcall-%'")).toEqual([]);
    await admin('POST', `connections/${connection}/enable`);

    const grace = await join('grace@contoso.example', 'Grace', 'Hopper');
    const ada = await join('ada@contoso.example', 'Ada', 'Lovelace');
    await settled(2);
    const [made] = await accounts();
    expect(made).toMatchObject({
      login: 'ada@contoso.example',
      firstname: 'Ada',
      lastname: 'Lovelace',
      mail: 'ada@contoso.example',
      status: 1,
    });

    await source.patch(
      'Users',
      ada,
      { op: 'replace', path: 'userName', value: 'ada.king@contoso.example' },
      { op: 'replace', path: 'name.familyName', value: 'King' },
    );
    const group = await source.createGroup('Engineering, "R&D"', [ada, grace]);
    await settled(3);
    expect((await accounts())[0]).toMatchObject({
      id: made!.id,
      login: 'ada.king@contoso.example',
      lastname: 'King',
    });
    await waitFor(async () => (await members()) === 'ada.king@contoso.example,grace@contoso.example', {
      what: 'both to be in the group',
    });

    await source.patch('Groups', group, { op: 'remove', path: `members[value eq "${grace}"]` });
    await source.patch('Users', grace, { op: 'replace', path: 'active', value: false });
    await waitFor(async () => (await members()) === 'ada.king@contoso.example', {
      what: 'Grace to leave the group',
    });
    await waitFor(async () => (await statusOf('grace')) === 3, {
      what: 'Grace to be locked',
    });
    await source.patch('Users', grace, { op: 'replace', path: 'active', value: true });
    await waitFor(async () => (await statusOf('grace')) === 1, {
      what: 'Grace to be back',
    });
    await source.deleteUser(ada);
    await waitFor(async () => (await statusOf('ada.king')) === undefined, {
      what: 'Ada to be gone',
      timeoutMs: 60_000,
    });
    const { items } = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
    expect(items).toEqual([]);
  }, 180_000);

  it(
    `Redmine killed and started again in the middle of ${usersOfRedmine} operations: each is there once`,
    async () => {
      const { rig } = await open();
      const loaded = "login LIKE 'user%@contoso.example'";
      const names = await pushThroughRestarts(
        rig,
        {
          arrived: async () => (await accounts(loaded)).length,
          kill: () => redmine.kill(),
          start: () => redmine.start(),
        },
        usersOfRedmine,
      );
      expect((await accounts(loaded)).map(({ login }) => login)).toEqual(names.toSorted());
    },
    180_000 + usersOfRedmine * 1_500,
  );
});

describe('the hub and a receiver of signed events', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  const [old, next] = ['o', 'n'].map(
    (letter) => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`,
  ) as [string, string];

  async function open() {
    const receiver = await startWebhookReceiver({ secrets: [old] });
    cleanUp.push(() => receiver.stop());
    const rig = await openHub({
      connector: 'rest',
      settings: { preset: 'webhook', baseUrl: receiver.url },
      credentials: { type: 'signature', signingSecret: old },
      policy,
    });
    cleanUp.push(() => rig.stop());
    return { receiver, ...rig, rig };
  }

  it('hears of joiners, a mover, a group and leavers, and the secret is changed meanwhile', async () => {
    const { receiver, admin, connection, settled, source, join } = await open();
    const { steps } = await admin('POST', `connections/${connection}/test`);
    expect(steps.filter(({ status }: Json) => status === 'failed')).toEqual([]);
    await admin('POST', `connections/${connection}/enable`);

    const grace = await join('grace@contoso.example', 'Grace', 'Hopper');
    const ada = await join('ada@contoso.example', 'Ada', 'Lovelace');
    await settled(2);
    const all = () => receiver.accounts.all('user')!;
    expect(
      all()
        .map(({ id }) => id)
        .sort(),
    ).toEqual([ada, grace].sort());

    // The hub signs with both before the receiver knows the new one, and after it has forgotten the old one.
    const credentials = { type: 'signature', signingSecret: next, previousSigningSecret: old };
    await admin('PATCH', `connections/${connection}`, { credentials });
    await source.patch('Users', ada, { op: 'replace', path: 'name.familyName', value: 'King' });
    const group = await source.createGroup('Engineering', [ada, grace]);
    await settled(3);
    receiver.secrets = [next];
    const byId = (id: string) => all().find((each) => each.id === id);
    expect(byId(ada)!.attributes).toMatchObject({ familyName: 'King', userName: 'ada@contoso.example' });
    const members = () => receiver.accounts.all('group')![0]?.members ?? [];
    await waitFor(() => members().length === 2, { what: 'both to be in the group' });

    await source.patch(
      'Groups',
      group,
      { op: 'replace', path: 'displayName', value: 'Research' },
      { op: 'remove', path: `members[value eq "${grace}"]` },
    );
    await source.patch('Users', grace, { op: 'replace', path: 'active', value: false });
    await waitFor(() => byId(grace)?.attributes.active === false && members().join() === ada, {
      what: 'Grace to lose access',
    });
    await waitFor(() => receiver.accounts.all('group')![0]!.attributes.displayName === 'Research', {
      what: 'the group to have its new name',
    });
    await source.deleteUser(ada);
    await waitFor(() => !byId(ada), { what: 'Ada to be gone', timeoutMs: 60_000 });
    expect(receiver.deliveries.filter(({ misused }) => misused)).toEqual([]);
    const { items } = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
    expect(items).toEqual([]);
  }, 120_000);

  it(
    `killed and started again in the middle of ${usersOfKillTest} operations, it makes each account once`,
    async () => {
      const { receiver, rig } = await open();
      const names = await pushThroughRestarts(rig, {
        arrived: async () => receiver.accounts.all('user')!.length,
        kill: () => receiver.kill(),
        start: () => receiver.start(),
      });
      const users = receiver.accounts.all('user')!;
      expect(users.map(({ attributes }) => attributes.userName).sort()).toEqual(names.toSorted());
      expect(receiver.accounts.made).toBe(names.length);
      expect(receiver.deliveries.filter(({ misused }) => misused)).toEqual([]);
    },
    120_000 + usersOfKillTest * 200,
  );
});
