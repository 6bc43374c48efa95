import { afterEach, describe, expect, it } from 'vitest';
import {
  connectorModule,
  type AttributeChange,
  type Attributes,
  type Connector,
  type Manifest,
  type OperationContext,
  type Outcome,
  type SubjectType,
} from '@rollcall/connectors';
import { profiles } from '../doubles/scim-vendors/profiles.js';
import { startVendorApp, type VendorApp } from '../doubles/scim-vendors/vendor-app.js';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const module = connectorModule('scim2')!;
const presets: Manifest['presets'] = module.manifest.presets;

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
});

async function start(preset: string) {
  const profile = profiles[preset]!;
  const app = await startVendorApp(profile);
  cleanUp.push(() => app.stop());
  const settings = { preset, baseUrl: preset === 'elium' ? app.origin : app.origin + profile.basePath };
  const connector = module.open(
    settings,
    { type: 'bearer', token: app.token },
    { userAgent: 'rollcall-test' },
  );
  cleanUp.push(() => connector.close());
  return { app, connector, mappings: module.defaultMappings!(settings), groups: profile.groups !== false };
}

/** The engine's part: an attempt that is asked to wait is made again. */
async function sure<T>(attempt: () => Promise<Outcome<T>>): Promise<T> {
  for (let left = 5; ; left--) {
    const outcome = await attempt();
    if (outcome.kind === 'ok') return outcome.value;
    if (outcome.kind !== 'retry' || left === 0) throw new Error(JSON.stringify(outcome));
  }
}

async function outcomeOf<T>(attempt: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  for (let left = 5; ; left--) {
    const outcome = await attempt();
    if (outcome.kind !== 'retry' || left === 0) return outcome;
  }
}

const person: Attributes = {
  userName: 'ada@example.com',
  active: true,
  displayName: 'Ada Lovelace',
  externalId: 'e-1',
  'name.givenName': 'Ada',
  'name.familyName': 'Lovelace',
  'name.formatted': 'Ada Lovelace',
  'emails[type eq "work"].value': 'ada@example.com',
  'phoneNumbers[type eq "work"].value': '+44 1',
  'addresses[type eq "work"].streetAddress': '12 St James Square',
  'addresses[type eq "work"].locality': 'London',
  'addresses[type eq "work"].country': 'GB',
  title: 'Analyst',
  userType: 'Employee',
  timezone: 'Europe/London',
  preferredLanguage: 'en-GB',
  [`${enterprise}:department`]: 'Engines',
};

/** What the preset's own mappings would write of a person. */
function mapped(
  mappings: ReturnType<NonNullable<typeof module.defaultMappings>>,
  more: Attributes = {},
): Attributes {
  const values: Attributes = { ...person, ...more };
  const targets = mappings.users.attributes.filter(({ source }) => source !== undefined);
  const own = targets.flatMap(({ target }) => (target in values ? [[target, values[target]!] as const] : []));
  const userName = mappings.users.attributes.find(({ target }) => target === 'userName')!;
  const short = userName.expression === undefined ? values.userName : String(values.userName).split('@')[0];
  return { ...Object.fromEntries(own), userName: short! };
}

const set = (attribute: string, value: string | boolean): AttributeChange => ({
  op: 'set',
  attribute,
  value,
});
const findId = async (connector: Connector, type: SubjectType, attribute: string, value: string) =>
  (await sure(() => connector.find(type, { attribute, value }))).map(({ id }) => id);
const account = (app: VendorApp, id: string) => app.users.get(id);

describe.each(presets.map(({ id }) => id))(
  'preset %s against an app that behaves as its vendor says',
  (preset) => {
    it('a joiner, a mover, a cleared value, a leaver, a re-hire', async () => {
      const { app, connector, mappings } = await start(preset);
      const written = mapped(mappings);
      const [rule] = mappings.users.matching;
      const key = String(written[rule!.target]);
      expect(await findId(connector, 'user', rule!.target, key)).toEqual([]);
      const { id } = await sure(() => connector.create('user', written, live));
      expect(account(app, id)).toMatchObject({ userName: written.userName, active: true });
      expect(await findId(connector, 'user', rule!.target, key)).toEqual([id]);
      expect((await sure(() => connector.get('user', id))).attributes).toMatchObject(written);

      const may = (name: string) =>
        mappings.users.attributes.some(({ target, apply }) => target === name && apply === 'always');
      const moves = [
        set('name.formatted', 'Ada King'),
        set('name.familyName', 'King'),
        set('emails[type eq "work"].value', 'king@example.com'),
        set('addresses[type eq "work"].locality', 'Paris'),
        set(`${enterprise}:department`, 'Analysis'),
      ].filter(({ attribute }) => may(attribute));
      await sure(() => connector.update('user', id, moves, live));
      const moved = (await sure(() => connector.get('user', id))).attributes;
      for (const move of moves)
        expect(moved).toMatchObject({ [move.attribute]: move.op === 'set' ? move.value : '' });
      for (const [name, value] of Object.entries(written))
        if (!moves.some(({ attribute }) => attribute === name))
          expect(moved).toMatchObject({ [name]: value });

      const clears: AttributeChange[] = [
        'title',
        'phoneNumbers[type eq "work"].value',
        `${enterprise}:department`,
      ]
        .filter(may)
        .map((attribute) => ({ op: 'unset', attribute }));
      if (clears.length > 0) {
        await sure(() => connector.update('user', id, clears, live));
        const left = (await sure(() => connector.get('user', id))).attributes;
        for (const { attribute } of clears) expect(left[attribute] ?? '').toBe('');
        expect(left).toMatchObject({ userName: written.userName });
      }

      await sure(() => connector.update('user', id, [set('active', false)], live));
      expect(account(app, id)?.active).toBe(false);
      await sure(() => connector.update('user', id, [set('active', true)], live));
      expect(account(app, id)?.active).toBe(true);

      await sure(() => connector.delete('user', id, live));
      expect(account(app, id)?.active ?? false).toBe(false);
      const now = String(moved[rule!.target]);
      const still = await findId(connector, 'user', rule!.target, now);
      const again = still[0] ?? (await sure(() => connector.create('user', written, live))).id;
      if (still[0] !== undefined)
        await sure(() => connector.update('user', again, [set('active', true)], live));
      expect(account(app, again)).toMatchObject({ userName: written.userName, active: true });
      expect(app.users.size).toBe(1);
    });

    it('a name that is taken is a conflict, whatever the app answers', async () => {
      const { app, connector, mappings } = await start(preset);
      const written = mapped(mappings);
      await sure(() => connector.create('user', written, live));
      const other = { ...written, ...('externalId' in written && { externalId: 'e-2' }) };
      expect(await outcomeOf(() => connector.create('user', other, live))).toMatchObject({
        kind: 'conflict',
      });
      expect(app.users.size).toBe(1);
    });

    it('a group with members, its rename, or the reason why there is none', async () => {
      const { app, connector, mappings, groups } = await start(preset);
      const capabilities = module.capabilities!({ preset, baseUrl: app.origin });
      expect(capabilities.groups).toBe(groups);
      if (!groups) return;
      const people: string[] = [];
      for (const name of ['ada', 'grace', 'alan']) {
        const more = { userName: `${name}@example.com`, externalId: `e-${name}` };
        const email = { 'emails[type eq "work"].value': `${name}@example.com` };
        const { id } = await sure(() =>
          connector.create('user', mapped(mappings, { ...more, ...email }), live),
        );
        people.push(id);
      }
      const [ada, grace, alan] = people as [string, string, string];
      const user = (id: string) => ({ id, type: 'user' as const });
      const attributes = { displayName: 'Engineers', externalId: 'g-1' };
      const { id } = await sure(() => connector.create('group', attributes, live));
      await sure(() => connector.members(id, { add: [ada, grace, alan].map(user), remove: [] }, live));
      await sure(() => connector.members(id, { add: [], remove: [user(grace)] }, live));
      const there = () =>
        (app.groups.get(id)!.members as { value: string }[]).map(({ value }) => value).toSorted();
      expect(there()).toEqual([ada, alan].toSorted());

      const read = await sure(() => connector.get('group', id, { members: true }));
      if (capabilities.members.readable)
        expect(read.members?.map((each) => each.id).toSorted()).toEqual([ada, alan].toSorted());
      else expect(read.members).toBeUndefined();

      const rename = await outcomeOf(() =>
        connector.update('group', id, [set('displayName', 'Makers')], live),
      );
      if (profiles[preset]!.groupRename === false) {
        expect(rename).toMatchObject({
          kind: 'rejected',
          code: 'immutable',
          attribute: 'displayName',
          remedy: expect.stringContaining('old name'),
        });
      } else {
        expect(rename).toMatchObject({ kind: 'ok' });
        expect(app.groups.get(id)).toMatchObject({ displayName: 'Makers' });
      }
      expect(there()).toEqual([ada, alan].toSorted());
      await sure(() => connector.delete('group', id, live));
      expect(app.groups.size).toBe(0);
    });
  },
);

describe('what a vendor would refuse is refused before it is sent', () => {
  it.each([
    ['slack', { userName: 'a.name.of.two.and.twenty' }, 'userName', '21'],
    ['slack', { userName: 'Ada' }, 'userName', 'capital'],
    ['slack', { displayName: 'ada@home' }, 'displayName', '"@"'],
    ['github', { externalId: '' }, 'externalId', 'requires'],
    ['aws', { displayName: 'Ada <Ada>' }, 'displayName', '"<"'],
    ['aws', { 'name.givenName': '' }, 'name.givenName', 'requires'],
    ['aws', { 'emails[type eq "home"].value': 'a@home' }, 'emails[type eq "home"].value', 'one value'],
    ['gitlab', { 'emails[type eq "work"].value': '' }, 'emails[type eq "work"].value', 'requires'],
  ])('%s %o', async (preset, wrong, attribute, why) => {
    const { app, connector, mappings } = await start(preset);
    const outcome = await connector.create('user', { ...mapped(mappings), ...wrong } as Attributes, live);
    expect(outcome).toMatchObject({
      kind: 'rejected',
      attribute,
      message: expect.stringContaining(why),
      remedy: expect.any(String),
    });
    expect(app.calls).toEqual([]);
  });

  it('clearing what is required, and changing what never changes', async () => {
    const { app, connector } = await start('databricks');
    const cleared: AttributeChange[] = [{ op: 'unset', attribute: 'userName' }];
    expect(await connector.update('user', 'u', cleared, live)).toMatchObject({ code: 'required' });
    expect(await connector.update('user', 'u', [set('userName', 'b')], live)).toMatchObject({
      code: 'immutable',
      remedy: expect.stringContaining('creation only'),
    });
    expect(app.calls).toEqual([]);
  });
});

describe('how the vendors are spoken to', () => {
  it('Slack hears SCIM 1.1 and its own extension', async () => {
    const { app, connector, mappings } = await start('slack');
    const { id } = await sure(() => connector.create('user', mapped(mappings), live));
    const moves = [
      set('emails[type eq "work"].value', 'b@example.com'),
      set(`${enterprise}:department`, 'B'),
    ];
    await sure(() => connector.update('user', id, moves, live));
    const created = app.calls.find(({ method, status }) => method === 'POST' && status === 201);
    expect(created?.body).toMatchObject({
      schemas: ['urn:scim:schemas:core:1.0', 'urn:scim:schemas:extension:enterprise:1.0'],
      'urn:scim:schemas:extension:enterprise:1.0': { department: 'Engines' },
    });
    const patched = app.calls.find(({ method }) => method === 'PATCH');
    expect(patched?.body).toMatchObject({ meta: { attributes: ['emails'] } });
    expect(patched?.body).not.toHaveProperty('Operations');
    expect(account(app, id)?.emails).toEqual([{ primary: true, type: 'work', value: 'b@example.com' }]);
  });

  it('Zoom is written with PUT, with the changed attributes alone', async () => {
    const { app, connector, mappings } = await start('zoom');
    const { id } = await sure(() => connector.create('user', mapped(mappings), live));
    await sure(() => connector.update('user', id, [set('displayName', 'Ada K')], live));
    const put = app.calls.filter(({ method }) => method === 'PUT').at(-1);
    expect(put?.body).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      displayName: 'Ada K',
    });
    expect(app.calls.map(({ method }) => method)).not.toContain('PATCH');
  });

  it('GitHub keeps deleted users, inactive', async () => {
    const { app, connector, mappings } = await start('github');
    const { id } = await sure(() => connector.create('user', mapped(mappings), live));
    await sure(() => connector.delete('user', id, live));
    expect(app.calls.map(({ method }) => method)).not.toContain('DELETE');
    expect(account(app, id)).toMatchObject({ active: false });
  });

  it('AWS gets 100 members at a time and removals as values', async () => {
    const { app, connector, mappings } = await start('aws');
    const ids = [];
    for (let at = 0; at < 105; at++) {
      const more = {
        userName: `u${at}`,
        externalId: `e${at}`,
        'emails[type eq "work"].value': `u${at}@x.org`,
      };
      ids.push((await sure(() => connector.create('user', mapped(mappings, more), live))).id);
    }
    const { id } = await sure(() => connector.create('group', { displayName: 'All' }, live));
    const all = ids.map((each) => ({ id: each, type: 'user' as const }));
    await sure(() => connector.members(id, { add: all, remove: [] }, live));
    await sure(() => connector.members(id, { add: [], remove: all.slice(0, 2) }, live));
    const patches = app.calls.filter(({ method, status }) => method === 'PATCH' && status === 204);
    expect(patches.map(({ body }) => body?.Operations[0].value.length)).toEqual([100, 5, 2]);
    expect(app.groups.get(id)?.members).toHaveLength(103);
  });

  it('an app that takes no PATCH after all is written with PUT from then on, members included', async () => {
    const app = await startVendorApp({ basePath: '/scim', patch: 'none' });
    cleanUp.push(() => app.stop());
    const connector = module.open(
      { baseUrl: `${app.origin}/scim` },
      { type: 'bearer', token: app.token },
      { userAgent: 'rollcall-test' },
    );
    cleanUp.push(() => connector.close());
    const { id } = await sure(() => connector.create('user', { ...person }, live));
    const group = await sure(() => connector.create('group', { displayName: 'G' }, live));
    await sure(() => connector.update('user', id, [set('title', 'Countess')], live));
    expect(account(app, id)).toMatchObject({ title: 'Countess', displayName: 'Ada Lovelace' });
    const add = [{ id, type: 'user' as const }];
    await sure(() => connector.members(group.id, { add, remove: [] }, live));
    await sure(() => connector.update('group', group.id, [set('displayName', 'H')], live));
    expect(app.groups.get(group.id)).toMatchObject({ displayName: 'H', members: [{ value: id }] });
    await sure(() => connector.members(group.id, { add: [], remove: add }, live));
    expect(app.groups.get(group.id)?.members).toEqual([]);
    expect(app.calls.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  });
});
