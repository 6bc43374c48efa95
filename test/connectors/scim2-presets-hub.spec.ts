import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profiles } from '../doubles/scim-vendors/profiles.js';
import { startVendorApp, type VendorApp } from '../doubles/scim-vendors/vendor-app.js';
import { waitFor } from '../harness/index.js';
import { enterprise, openHub, type HubRig, type Json } from './hub-rig.js';

const slackEnterprise = 'urn:scim:schemas:extension:enterprise:1.0';
/** One of each dialect, and what is particular about the account it has then. */
const families: Record<string, { groups: boolean; ada: Json; moved: Json }> = {
  slack: {
    groups: true,
    ada: { userName: 'ada', [slackEnterprise]: { department: 'Engineering' }, title: 'Engineer' },
    moved: { userName: 'ada.king', name: { givenName: 'Ada', familyName: 'King' } },
  },
  github: {
    groups: true,
    ada: { externalId: 'ada@contoso.example' },
    moved: { userName: 'ada.king@contoso.example' },
  },
  aws: { groups: true, ada: { title: 'Engineer' }, moved: { userName: 'ada.king@contoso.example' } },
  zoom: {
    groups: false,
    ada: { [enterprise]: { department: 'Engineering' } },
    moved: { userName: 'ada.king@contoso.example' },
  },
  databricks: { groups: true, ada: {}, moved: { userName: 'ada@contoso.example' } },
};
const names = Object.keys(families);
const connectionTo = (preset: string, app: VendorApp, policy?: object) => ({
  name: preset,
  connector: 'scim2',
  settings: { preset, baseUrl: app.origin + profiles[preset]!.basePath },
  credentials: { type: 'bearer', token: app.token },
  ...(policy && { policy }),
});
const swift = { push: { requestsPerSecond: 1_000 } };

describe('from Entra to apps of every SCIM dialect at once', () => {
  const apps = new Map<string, VendorApp>();
  let rig: HubRig;

  beforeAll(async () => {
    for (const name of names) apps.set(name, await startVendorApp(profiles[name]!));
    const [first, ...others] = names.map((name) => connectionTo(name, apps.get(name)!, swift));
    rig = await openHub(first!);
    const ids = [rig.connection];
    for (const body of others) ids.push((await rig.admin('POST', 'connections', body)).id as string);
    for (const id of ids) {
      expect(await rig.admin('POST', `connections/${id}/test`)).toMatchObject({ ok: true });
      await rig.admin('POST', `connections/${id}/enable`);
    }
  });
  afterAll(async () => {
    await rig?.stop();
    for (const app of apps.values()) await app.stop();
  });

  const accounts = (name: string) => [...apps.get(name)!.users.values()];
  const accountOf = (name: string, given: string) =>
    accounts(name).find((each) => each.name?.givenName === given);
  const everywhere = (what: string, meets: (name: string) => unknown, where = names) =>
    waitFor(() => where.every((name) => meets(name)), {
      what: `${what} at ${where.join(', ')}`,
      timeoutMs: 30_000,
    });

  it('a joiner, a mover, a group and a leaver arrive as each app wants them', async () => {
    const { join, source } = rig;
    const ada = await join('ada@contoso.example', 'Ada', 'Byron');
    const grace = await join('grace@contoso.example', 'Grace', 'Hopper');
    await everywhere('two accounts', (name) => accounts(name).length === 2);
    for (const name of names) expect(accountOf(name, 'Ada'), name).toMatchObject(families[name]!.ada);

    await source.patch(
      'Users',
      ada,
      { op: 'replace', path: 'userName', value: 'ada.king@contoso.example' },
      { op: 'replace', path: 'name.familyName', value: 'King' },
      { op: 'remove', path: 'title' },
    );
    await everywhere('the move', (name) => accountOf(name, 'Ada')?.name.familyName === 'King');
    for (const name of names) {
      expect(accountOf(name, 'Ada'), name).toMatchObject(families[name]!.moved);
      expect(accountOf(name, 'Ada'), name).not.toHaveProperty('title');
    }

    const withGroups = names.filter((name) => families[name]!.groups);
    const membersAt = (name: string) => {
      const [group] = apps.get(name)!.groups.values();
      return group?.members?.map(
        ({ value }: Json) => apps.get(name)!.users.get(value)?.name.givenName as string,
      );
    };
    const team = await source.createGroup('Makers', [ada, grace], { externalId: 'object-makers' });
    await everywhere('both members', (name) => membersAt(name)?.length === 2, withGroups);
    await source.patch('Groups', team, { op: 'remove', path: `members[value eq "${grace}"]` });
    await everywhere('Ada alone', (name) => String(membersAt(name)) === 'Ada', withGroups);

    await source.patch('Users', grace, { op: 'replace', path: 'active', value: false });
    await source.deleteUser(ada);
    await everywhere('both to lose access', (name) => accounts(name).every(({ active }) => active === false));
    for (const name of names) {
      expect(accounts(name), name).toHaveLength(2);
      const refused = apps
        .get(name)!
        .calls.filter(({ status }) => status >= 400 && ![404, 429].includes(status));
      expect(refused, name).toEqual([]);
    }
    const { items } = await rig.admin('GET', 'reports/provisioning?status=failed');
    expect(items).toEqual([]);
  }, 120_000);
});

describe('an app whose pace is known', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const each of cleanUp.reverse()) await each();
  });

  it('is called at that pace until the policy of the connection says otherwise', async () => {
    const { throttleEvery: _, ...slack } = profiles.slack!;
    const app = await startVendorApp(slack);
    cleanUp.push(() => app.stop());
    const rig = await openHub(connectionTo('slack', app));
    cleanUp.push(() => rig.stop());
    const path = `connections/${rig.connection}`;
    expect((await rig.admin('GET', path)).pace).toEqual({ requestsPerSecond: 3, from: 'preset' });
    await rig.admin('POST', `${path}/enable`);
    for (const name of ['ada', 'grace', 'mary']) await rig.join(`${name}@contoso.example`, name, 'Byron');
    await rig.settled(3);
    const times = app.calls.map(({ at }) => at);
    const inASecond = times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length);
    expect(times.length).toBeGreaterThanOrEqual(6);
    expect(Math.max(...inASecond)).toBeLessThanOrEqual(4);

    await rig.admin('PATCH', path, { policy: swift });
    const { items } = await rig.admin('GET', 'connections');
    expect(items[0].pace).toEqual({ requestsPerSecond: 1_000, from: 'policy' });
    await rig.admin('PATCH', path, { settings: connectionTo('slack', app).settings, policy: {} });
    expect((await rig.admin('GET', path)).pace.from).toBe('preset');
  }, 60_000);
});
