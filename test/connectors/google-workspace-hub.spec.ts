import { afterEach, expect, it } from 'vitest';
import { startGoogleWorkspace, type GoogleWorkspace } from '../doubles/google-workspace/google-workspace.js';
import { waitFor } from '../harness/index.js';
import { enterprise, type Json, openHub, pushThroughRestarts, usersOfKillTest } from './hub-rig.js';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

async function open() {
  const google = await startGoogleWorkspace();
  cleanUp.push(() => google.stop());
  const rig = await openHub({
    connector: 'google-workspace',
    settings: { domain: 'contoso.example', baseUrl: google.origin, tokenUrl: `${google.origin}/token` },
    credentials: {
      type: 'service-account',
      key: google.tokens.keyFile,
      subject: 'admin@contoso.example',
    },
    policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } },
  });
  cleanUp.push(() => rig.stop());
  return { google, ...rig, rig };
}

const userOf = (google: GoogleWorkspace, address: string) => google.account.user(address);

it('joiners, a mover, a group and leavers arrive at Google as Entra sends them', async () => {
  const { google, admin, connection, settled, source, join } = await open();
  const { steps } = await admin('POST', `connections/${connection}/test`);
  expect(steps.filter(({ status }: Json) => status === 'failed')).toEqual([]);
  const { items: catalogue } = await admin('GET', 'connectors');
  const { defaultMappings: mappings } = catalogue.find(({ type }: Json) => type === 'google-workspace');
  expect(await admin('PATCH', `connections/${connection}`, { mappings })).toMatchObject({ warnings: [] });
  await admin('POST', `connections/${connection}/mappings/restore-defaults`);
  await admin('POST', `connections/${connection}/enable`);

  const grace = await join('grace@contoso.example', 'Grace', 'Hopper');
  const ada = await join('ada@contoso.example', 'Ada', 'Lovelace');
  await settled(2);
  expect(userOf(google, 'ada@contoso.example')!.own).toMatchObject({
    name: { givenName: 'Ada', familyName: 'Lovelace', displayName: 'Ada Lovelace' },
    organizations: [{ primary: true, title: 'Engineer', department: 'Engineering' }],
    addresses: [{ type: 'work', locality: 'London', country: 'UK' }],
    externalIds: [{ type: 'custom', customType: 'rollcall', value: 'ada@contoso.example' }],
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
  await source.createGroup('開発', [], { externalId: 'DEV-1' });
  await settled(4);
  expect(google.account.group('group-dev-1@contoso.example')!.own.name).toBe('開発');
  const moved = userOf(google, 'ada.king@contoso.example')!;
  const boss = userOf(google, 'grace@contoso.example')!;
  expect(moved.aliases).toEqual(['ada@contoso.example']);
  expect(moved.own).toMatchObject({
    name: { familyName: 'King' },
    organizations: [{ primary: true, department: 'Engineering' }],
    relations: [{ type: 'manager', value: 'grace@contoso.example' }],
  });
  expect(moved.own.organizations[0]).not.toHaveProperty('title');
  const members = () => [...google.account.group('engineering-r-d@contoso.example')!.members.keys()];
  expect(members().sort()).toEqual([moved.id, boss.id].sort());

  await source.patch('Groups', group, { op: 'remove', path: `members[value eq "${grace}"]` });
  await source.patch('Users', grace, { op: 'replace', path: 'active', value: false });
  await waitFor(() => members().length === 1, { what: 'Grace to leave the group' });
  await waitFor(() => boss.own.suspended === true, { what: 'Grace to lose access' });
  await source.deleteUser(ada);
  await waitFor(() => google.account.deleted.has(moved.id), { what: 'Ada to be gone', timeoutMs: 60_000 });
  const { items } = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
  expect(items).toEqual([]);
}, 120_000);

it('what Google shows only after a while arrives all the same, once, with its manager and its groups', async () => {
  const { google, admin, connection, settled, source, join } = await open();
  Object.assign(google.lag, { getMs: 1500, listMs: 60_000 });
  await admin('POST', `connections/${connection}/enable`);
  const grace = await join('grace@contoso.example', 'Grace', 'Hopper');
  const ada = await join('ada@contoso.example', 'Ada', 'Lovelace');
  await source.patch('Users', ada, { op: 'add', path: `${enterprise}:manager`, value: grace });
  await source.createGroup('Engineering', [ada, grace]);
  await settled(3);
  const inserted = google.calls.filter(({ method, path }) => method === 'POST' && path === '/users');
  expect(inserted.map(({ status }) => status)).toEqual([200, 200]);
  const { own, id } = userOf(google, 'ada@contoso.example')!;
  expect(own.relations).toEqual([{ type: 'manager', value: 'grace@contoso.example' }]);
  const { members } = google.account.group('engineering@contoso.example')!;
  expect([...members.keys()].sort()).toEqual([id, userOf(google, 'grace@contoso.example')!.id].sort());
}, 120_000);

it(
  `Google gone and back in the middle of ${usersOfKillTest} operations: each is there once`,
  async () => {
    const { google, rig } = await open();
    const names = await pushThroughRestarts(rig, {
      arrived: async () => google.account.users.size,
      kill: () => google.kill(),
      start: () => google.start(),
    });
    const users = [...google.account.users.values()];
    expect(users.map(({ primaryEmail }) => primaryEmail).sort()).toEqual(names.toSorted());
    const inserted = google.calls.filter(
      ({ method, path, status }) => method === 'POST' && path === '/users' && status === 200,
    );
    expect(inserted).toHaveLength(names.length);
    expect(google.account.deleted.size).toBe(0);
  },
  120_000 + usersOfKillTest * 200,
);
