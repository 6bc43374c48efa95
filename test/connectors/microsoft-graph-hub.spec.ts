import { afterEach, expect, it } from 'vitest';
import { connectorModule } from '@rollcall/connectors';
import { apps, type GraphDouble, startGraphDouble } from '../doubles/microsoft-graph/graph-double.js';
import { waitFor } from '../harness/index.js';
import { enterprise, openHub, pushThroughRestarts, usersOfKillTest, type Json } from './hub-rig.js';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

async function open() {
  const double = await startGraphDouble();
  cleanUp.push(() => double.stop());
  const rig = await openHub({
    connector: 'microsoft-graph',
    settings: {
      tenant: double.tenant,
      authority: double.authority,
      graphUrl: double.graphUrl,
      writeProbe: true,
    },
    credentials: {
      type: 'client-secret',
      clientId: apps.writer.clientId,
      clientSecret: apps.writer.secret,
    },
    policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } },
  });
  cleanUp.push(() => rig.stop());
  return { double, rig, ...rig };
}

const everybody = (double: GraphDouble): Json[] =>
  [...double.directory.objects.values()].filter(({ type }) => type === 'user');
const userOf = (double: GraphDouble, name: string): Json | undefined =>
  everybody(double).find(({ properties }) => properties.userPrincipalName === name);

it('joiners, a mover, a group and leavers arrive as Entra sends them, though Graph is slow to show them', async () => {
  const { double, admin, connection, settled, source, join } = await open();
  const { steps } = await admin('POST', `connections/${connection}/test`);
  expect(steps.map(({ step, status }: Json) => `${step} ${status}`)).toEqual([
    'reach passed',
    'tls skipped',
    'authenticate passed',
    'discover passed',
    'read-users passed',
    'find-user passed',
    'read-groups passed',
    'write-probe passed',
    'limits passed',
  ]);
  expect(everybody(double)).toEqual([]);
  const { defaultMappings } = connectorModule('microsoft-graph')!.manifest;
  const saved = await admin('PATCH', `connections/${connection}`, { mappings: defaultMappings });
  expect(saved.warnings).toEqual([]);
  double.directory.lag = { byIdMs: 300, inListsMs: 600 };
  await admin('POST', `connections/${connection}/enable`);

  const grace = await join('grace@contoso.example', 'Grace', 'Hopper');
  const ada = await join('ada@contoso.example', 'Ada', 'Lovelace');
  await settled(2);
  expect(userOf(double, 'ada@contoso.example')?.properties).toMatchObject({
    displayName: 'Ada Lovelace',
    mailNickname: 'ada',
    givenName: 'Ada',
    surname: 'Lovelace',
    accountEnabled: true,
    mail: 'ada@contoso.example',
    jobTitle: 'Engineer',
    city: 'London',
    country: 'UK',
    department: 'Engineering',
  });

  await source.patch(
    'Users',
    ada,
    { op: 'replace', path: 'userName', value: 'ada.king@contoso.example' },
    { op: 'replace', path: 'name.familyName', value: 'King' },
    { op: 'add', path: `${enterprise}:manager`, value: grace },
    { op: 'remove', path: 'title' },
  );
  const group = await source.createGroup('Engineering, "R&D" and O\'Hara', [ada, grace]);
  await settled(3);
  const boss = userOf(double, 'grace@contoso.example')!;
  const moved = userOf(double, 'ada.king@contoso.example')!;
  await waitFor(() => moved.manager === boss.id, { what: 'Grace to be the manager', timeoutMs: 30_000 });
  expect(moved.properties).toMatchObject({ surname: 'King', mailNickname: 'ada.king', jobTitle: null });
  const groups = () => [...double.directory.objects.values()].filter(({ type }) => type === 'group');
  expect(groups()).toHaveLength(1);
  const members = () => groups()[0]!.members;
  await waitFor(() => members().has(moved.id) && members().has(boss.id), {
    what: 'both to be in the group',
    timeoutMs: 30_000,
  });

  await source.patch('Groups', group, { op: 'remove', path: `members[value eq "${grace}"]` });
  await source.patch('Users', grace, { op: 'replace', path: 'active', value: false });
  await waitFor(() => !members().has(boss.id), { what: 'Grace to leave the group', timeoutMs: 30_000 });
  await waitFor(() => boss.properties.accountEnabled === false, {
    what: 'Grace to lose access',
    timeoutMs: 30_000,
  });
  expect(double.calls.filter(({ path }) => path === `/users/${boss.id}/revokeSignInSessions`)).not.toEqual(
    [],
  );
  await source.deleteUser(ada);
  await waitFor(() => !double.directory.objects.has(moved.id), { what: 'Ada to be gone', timeoutMs: 60_000 });
  expect(double.directory.deleted.has(moved.id)).toBe(true);
  const { items } = await admin('GET', `reports/provisioning?connection=${connection}&status=failed`);
  expect(items).toEqual([]);
}, 120_000);

it(
  `Graph gone and back in the middle of ${usersOfKillTest} operations: each user is made once`,
  async () => {
    const { double, rig } = await open();
    const names = await pushThroughRestarts(rig, {
      arrived: async () => everybody(double).length,
      kill: () => double.stop(),
      start: () => double.start(),
    });
    expect(
      everybody(double)
        .map(({ properties }) => properties.userPrincipalName)
        .toSorted(),
    ).toEqual(names.toSorted());
    const made = double.directory.changes.filter(
      ({ type, properties, removed }) => type === 'user' && !properties && !removed,
    );
    expect(made).toHaveLength(names.length);
  },
  120_000 + usersOfKillTest * 200,
);
