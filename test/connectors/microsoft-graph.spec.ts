import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Attributes, Connector, OperationContext, Outcome } from '@rollcall/connectors';
import { apps, type GraphDouble, startGraphDouble } from '../doubles/microsoft-graph/graph-double.js';
import type { Json } from '../doubles/microsoft-graph/graph-error.js';
import { openGraph } from './microsoft-graph-connection.js';

let double: GraphDouble;
const open: Connector[] = [];
beforeAll(async () => {
  double = await startGraphDouble();
});
afterAll(() => double.stop());
beforeEach(() => {
  double.directory.lag = { byIdMs: 0, inListsMs: 0 };
  double.directory.clock = Date.now;
  double.throttle = undefined;
  double.outage = undefined;
  double.calls.length = 0;
  double.manner.pageSize = 200;
});
afterEach(async () => {
  for (const connector of open.splice(0)) await connector.close();
});

function connect(settings: object = {}, app: { clientId: string; secret: string } = apps.writer): Connector {
  const connector = openGraph(double.authority, { tenant: double.tenant, ...settings }, app);
  open.push(connector);
  return connector;
}

let serial = 0;
const context = (further: Partial<OperationContext> = {}): OperationContext => ({
  operationId: `operation-${++serial}`,
  attempt: 1,
  mode: 'live',
  ...further,
});
const person = (further: Attributes = {}): Attributes => ({
  userPrincipalName: `ada${++serial}@contoso.example`,
  mailNickname: `ada${serial}`,
  displayName: 'Ada Lovelace',
  ...further,
});
function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(`Instead of ok: ${JSON.stringify(outcome)}`);
  return outcome.value;
}
const join = async (connector: Connector, further?: Attributes): Promise<string> =>
  valueOf(await connector.create('user', person(further), context())).id;
const gather = async (connector: Connector, displayName = `Group ${++serial}`): Promise<string> =>
  valueOf(await connector.create('group', { displayName }, context())).id;
const set = (attribute: string, value: Attributes[string]) => ({ op: 'set' as const, attribute, value });
const unset = (attribute: string) => ({ op: 'unset' as const, attribute });
const stored = (id: string): Json => double.directory.objects.get(id)!.properties;
const users = (ids: string[]) => ids.map((id) => ({ id, type: 'user' as const }));
const membersOf = (id: string): string[] => [...double.directory.objects.get(id)!.members].toSorted();

describe('attributes', () => {
  it('are written and read by the names of mappings', async () => {
    const connector = connect({ extensionAttributes: [`extension_${'0'.repeat(32)}_badge`] });
    const given: Attributes = {
      accountEnabled: true,
      givenName: 'Ada',
      businessPhones: '+44 1',
      otherMails: ['ada@example.org', 'ada@example.net'],
      'employeeOrgData.costCenter': '4711',
      'onPremisesExtensionAttributes.extensionAttribute3': 'hub-1',
      [`extension_${'0'.repeat(32)}_badge`]: '0815',
    };
    const id = await join(connector, given);
    expect(stored(id)).toMatchObject({ businessPhones: ['+44 1'], employeeOrgData: { costCenter: '4711' } });
    expect(valueOf(await connector.get('user', id))).toMatchObject({ id, active: true, attributes: given });
    const changes = [
      unset('givenName'),
      unset('businessPhones'),
      set('otherMails', []),
      set('employeeOrgData.division', 'Analysis'),
    ];
    valueOf(await connector.update('user', id, changes, context()));
    expect(stored(id)).toMatchObject({
      givenName: null,
      businessPhones: [],
      otherMails: [],
      employeeOrgData: { costCenter: '4711', division: 'Analysis' },
    });
  });

  it.each([
    ['displayName', 'Ada'],
    ['mail', 'ada@example.org'],
    ['employeeId', '4711'],
    ['otherMails', 'other@example.org'],
    ['employeeOrgData.costCenter', 'C1'],
    ['mobilePhone', '+44 2'],
  ])('find people: %s', async (attribute, value) => {
    const connector = connect();
    const id = await join(connector, { [attribute]: attribute === 'otherMails' ? [value] : value });
    const found = valueOf(await connector.find('user', { attribute, value: value.toUpperCase() }));
    expect(found.map((each) => each.id)).toContain(id);
    expect(valueOf(await connector.find('user', { attribute, value: `${value}'` }))).toEqual([]);
    double.directory.delete('user', id);
  });

  it('find nobody where Graph cannot search, and say by what else', async () => {
    const outcome = await connect().find('user', { attribute: 'streetAddress', value: 'x' });
    expect(outcome).toMatchObject({
      kind: 'rejected',
      attribute: 'streetAddress',
      remedy: expect.any(String),
    });
    expect(double.calls).toEqual([]);
  });

  it('with quotes in names are found', async () => {
    const connector = connect();
    const id = await join(connector, { userPrincipalName: "o'hara@contoso.example" });
    const found = await connector.find('user', {
      attribute: 'userPrincipalName',
      value: "O'Hara@contoso.example",
    });
    expect(valueOf(found).map((each) => each.id)).toEqual([id]);
    const group = await gather(connector, "O'Hara's & more");
    const groups = await connector.find('group', { attribute: 'displayName', value: "O'Hara's & more" });
    expect(valueOf(groups).map((each) => each.id)).toEqual([group]);
  });

  it('that Graph refuses are named, with what to do', async () => {
    const connector = connect();
    const wrong: [Attributes, string][] = [
      [{ userPrincipalName: 'ada@fabrikam.example' }, 'userPrincipalName'],
      [{ usageLocation: 'England' }, 'usageLocation'],
      [{ 'passwordProfile.password': 'weakweak' }, 'passwordProfile.password'],
      [{ displayName: '' }, 'displayName'],
      [{ shoeSize: '9' }, 'shoeSize'],
      [{ createdDateTime: '2020-01-01' }, 'createdDateTime'],
    ];
    for (const [further, attribute] of wrong)
      expect(await connector.create('user', person(further), context())).toMatchObject({
        kind: 'rejected',
        attribute,
        remedy: expect.any(String),
      });
  });

  it('of discovery are those of mappings, without those of groups where these are off', async () => {
    const { objectTypes, capabilities } = valueOf(await connect({ groups: false }).discover());
    expect(objectTypes.map(({ type }) => type)).toEqual(['user']);
    expect(objectTypes[0]!.attributes.map(({ name }) => name)).toContain('employeeOrgData.costCenter');
    expect(capabilities.groups).toBe(false);
  });
});

describe('passwords', () => {
  it('of new users are random, meet the policy, must be changed and are never shown', async () => {
    const connector = connect();
    const outcome = await connector.create('user', person(), context());
    const post = double.calls.find(({ method, path }) => method === 'POST' && path === '/users')!;
    const { password, forceChangePasswordNextSignIn } = post.body!.passwordProfile;
    expect(password.length).toBeGreaterThan(20);
    expect(forceChangePasswordNextSignIn).toBe(true);
    expect(JSON.stringify(outcome)).not.toContain(password);
  });

  it('that are mapped are set, and not shown in plans either', async () => {
    const connector = connect({ forcePasswordChange: false });
    const given = { 'passwordProfile.password': 'Correct-Horse-1' };
    const plan = await connector.create('user', person(given), context({ mode: 'plan' }));
    expect(plan.kind).toBe('planned');
    expect(JSON.stringify(plan)).not.toContain('Correct-Horse-1');
    const id = await join(connector, given);
    expect(stored(id).passwordProfile).toEqual({
      password: 'Correct-Horse-1',
      forceChangePasswordNextSignIn: false,
    });
    const changed = await connector.update(
      'user',
      id,
      [set('passwordProfile.password', 'Better-Horse-2')],
      context(),
    );
    expect(changed.kind).toBe('ok');
    expect(JSON.stringify(changed)).not.toContain('Better-Horse-2');
    expect(stored(id).passwordProfile.password).toBe('Better-Horse-2');
  });
});

describe('what is new', () => {
  it('is not taken for gone while Graph does not show it', async () => {
    const connector = connect();
    double.directory.lag = { byIdMs: 60_000, inListsMs: 60_000 };
    const attributes = person();
    const { id } = valueOf(await connector.create('user', attributes, context()));
    const group = await gather(connector, 'New group');
    const notYet = { kind: 'retry', scope: 'object', afterMs: 2_000 };
    expect(await connector.get('user', id)).toMatchObject(notYet);
    expect(await connector.update('user', id, [set('jobTitle', 'Engineer')], context())).toMatchObject(
      notYet,
    );
    expect(await connector.update('user', id, [set('manager', id)], context())).toMatchObject(notYet);
    expect(await connector.delete('user', id, context())).toMatchObject(notYet);
    const named = {
      attribute: 'userPrincipalName',
      value: String(attributes.userPrincipalName).toUpperCase(),
    };
    expect(await connector.find('user', named)).toMatchObject(notYet);
    expect(await connector.find('group', { attribute: 'displayName', value: 'new group' })).toMatchObject(
      notYet,
    );
    expect(await connector.members(group, { add: users([id]), remove: [] }, context())).toMatchObject(notYet);
    double.directory.lag = { byIdMs: 0, inListsMs: 0 };
    expect((await connector.get('user', id)).kind).toBe('ok');
  });

  it('of others is: only what this connection made is waited for', async () => {
    double.directory.lag = { byIdMs: 60_000, inListsMs: 60_000 };
    const { id } = double.seed('user', person());
    expect((await connect().get('user', id)).kind).toBe('not-found');
  });

  it('and made by a call whose answer was lost stands in the way until it can be seen', async () => {
    const connector = connect();
    const attributes = person();
    double.dropAfterCommit = 1;
    expect(await connector.create('user', attributes, context())).toMatchObject({
      kind: 'retry',
      maybeDone: true,
    });
    double.directory.lag = { byIdMs: 60_000, inListsMs: 60_000 };
    expect(await connector.create('user', attributes, context())).toMatchObject({
      kind: 'retry',
      scope: 'object',
      maybeDone: true,
    });
    double.directory.lag = { byIdMs: 0, inListsMs: 0 };
    expect(await connector.create('user', attributes, context())).toMatchObject({ kind: 'conflict' });
  });

  it('is made once as a group, too, whose name is not unique: the operation is its key', async () => {
    const displayName = 'Made once';
    const operation = context();
    double.dropAfterCommit = 1;
    const lost = await connect().create('group', { displayName }, operation);
    expect(lost).toMatchObject({ kind: 'retry', maybeDone: true });
    const { id } = valueOf(await connect().create('group', { displayName }, operation));
    const there = [...double.directory.objects.values()].filter(
      ({ properties }) => properties.displayName === displayName,
    );
    expect(there.map((each) => each.id)).toEqual([id]);
  });
});

describe('deleted users', () => {
  async function leave(connector: Connector, attributes: Attributes): Promise<string> {
    const { id } = valueOf(await connector.create('user', attributes, context()));
    valueOf(await connector.delete('user', id, context()));
    return id;
  }

  it('come back with their id, and as the mapping has them', async () => {
    const connector = connect();
    const attributes = person({ jobTitle: 'Engineer', employeeId: '4711' });
    const id = await leave(connector, attributes);
    const back = await connector.create(
      'user',
      { ...attributes, jobTitle: 'Head', accountEnabled: true },
      context(),
    );
    expect(valueOf(back).id).toBe(id);
    expect(stored(id)).toMatchObject({ jobTitle: 'Head', userPrincipalName: attributes.userPrincipalName });
  });

  it.each<[string, Attributes, Attributes]>([
    ['another employee number', { employeeId: '1' }, { employeeId: '2' }],
    ['none in the directory', {}, { employeeId: '2' }],
    ['none at the source', { employeeId: '1' }, {}],
    ['none at all', {}, {}],
  ])('are no newcomers who merely have the name: %s', async (_, left, came) => {
    const connector = connect();
    const attributes = person();
    const id = await leave(connector, { ...attributes, ...left });
    const made = valueOf(await connector.create('user', { ...attributes, ...came }, context()));
    expect(made.id).not.toBe(id);
    expect(double.directory.deleted.has(id)).toBe(true);
    expect(stored(made.id).userPrincipalName).toBe(attributes.userPrincipalName);
  });

  it('of several of the name, the same person comes back, not the last one who left', async () => {
    const connector = connect();
    const attributes = person();
    const id = await leave(connector, { ...attributes, employeeId: '1' });
    await leave(connector, { ...attributes, employeeId: '2' });
    const back = await connector.create('user', { ...attributes, employeeId: '1' }, context());
    expect(valueOf(back).id).toBe(id);
  });

  it('come back by their name alone where the settings say so', async () => {
    const connector = connect({ restoreDeleted: 'always' });
    const attributes = person();
    const id = await leave(connector, attributes);
    const back = await connector.create('user', { ...attributes, employeeId: '1' }, context());
    expect(valueOf(back).id).toBe(id);
  });

  it('of a name that merely ends alike do not', async () => {
    const connector = connect({ restoreDeleted: 'always' });
    await leave(connector, person({ userPrincipalName: 'joanna@contoso.example' }));
    const made = await connector.create(
      'user',
      person({ userPrincipalName: 'anna@contoso.example' }),
      context(),
    );
    expect(double.directory.deleted.has(valueOf(made).id)).toBe(false);
    expect(double.calls.some(({ path }) => path.endsWith('/restore'))).toBe(false);
  });

  it('stay deleted where the settings say so, and where they are synchronised', async () => {
    const connector = connect({ restoreDeleted: 'never' });
    const attributes = person();
    const id = await leave(connector, attributes);
    expect(valueOf(await connector.create('user', attributes, context())).id).not.toBe(id);
    const other = person();
    const synced = await leave(connector, other);
    double.directory.deleted.get(synced)!.properties.onPremisesSyncEnabled = true;
    expect(valueOf(await connect({ restoreDeleted: 'always' }).create('user', other, context())).id).not.toBe(
      synced,
    );
  });
});

describe('objects nobody may touch', () => {
  it.each<[string, () => Promise<[Connector, Promise<Outcome<unknown>>]>, string]>([
    [
      'an administrator',
      async () => {
        const { id } = double.seed('user', person(), true);
        const connector = connect();
        return [connector, connector.update('user', id, [set('accountEnabled', false)], context())];
      },
      'protected-object',
    ],
    [
      'an administrator who is deleted',
      async () => {
        const { id } = double.seed('user', person(), true);
        const connector = connect();
        return [connector, connector.delete('user', id, context())];
      },
      'protected-object',
    ],
    [
      'a synchronised user',
      async () => {
        const { id } = double.seed('user', person({ onPremisesSyncEnabled: true }));
        const connector = connect();
        return [connector, connector.update('user', id, [set('jobTitle', 'Head')], context())];
      },
      'synced-object',
    ],
    ['a dynamic group', () => addTo({ groupTypes: ['DynamicMembership'] }), 'dynamic-group'],
    ['a group with roles', () => addTo({ isAssignableToRole: true }), 'role-assignable-group'],
    ['a synchronised group', () => addTo({ onPremisesSyncEnabled: true }), 'synced-object'],
    ['a distribution list', () => addTo({ mailEnabled: true }), 'exchange-group'],
  ])('%s: rejected alone, the connection goes on', async (_, act, code) => {
    const [connector, outcome] = await act();
    expect(await outcome).toMatchObject({ kind: 'rejected', code, remedy: expect.any(String) });
    await join(connector);
  });

  async function addTo(properties: Json): Promise<[Connector, Promise<Outcome<unknown>>]> {
    const connector = connect();
    const group = double.seed('group', { displayName: 'Special' });
    Object.assign(group.properties, properties);
    const id = await join(connector);
    return [connector, connector.members(group.id, { add: users([id]), remove: [] }, context())];
  }

  it('an app without rights is another thing: the connection stops', async () => {
    const { id } = double.seed('user', person());
    const reader = connect({}, apps.reader);
    expect(await reader.update('user', id, [set('jobTitle', 'Head')], context())).toMatchObject({
      kind: 'denied',
    });
    expect(await reader.delete('user', id, context())).toMatchObject({ kind: 'denied' });
  });
});

describe('calls beside the properties', () => {
  it('sign out who is disabled, unless the settings say otherwise', async () => {
    for (const revokeSessions of [true, false]) {
      const connector = connect({ revokeSessions });
      const id = await join(connector);
      valueOf(await connector.update('user', id, [set('accountEnabled', false)], context()));
      const revoked = double.calls.some(({ path }) => path === `/users/${id}/revokeSignInSessions`);
      expect(revoked).toBe(revokeSessions);
    }
  });

  it('come after disabling, which no wrong value beside it holds up', async () => {
    const connector = connect();
    const id = await join(connector);
    const changes = [set('usageLocation', 'England'), set('accountEnabled', false)];
    expect(await connector.update('user', id, changes, context())).toMatchObject({
      kind: 'rejected',
      attribute: 'usageLocation',
    });
    expect(stored(id).accountEnabled).toBe(false);
  });

  it('set and clear the manager, and tell one that is not there', async () => {
    const connector = connect();
    const boss = await join(connector);
    const id = await join(connector, { manager: boss });
    expect(valueOf(await connector.get('user', id)).attributes.manager).toBe(boss);
    for (const time of ['first', 'second']) {
      expect(await connector.update('user', id, [unset('manager')], context()), time).toMatchObject({
        kind: 'ok',
      });
      expect(valueOf(await connector.get('user', id)).attributes).not.toHaveProperty('manager');
    }
    const absent = '00000000-0000-4000-8000-000000000000';
    const { id: old } = double.seed('user', person());
    expect(await connector.update('user', old, [set('manager', absent)], context())).toMatchObject({
      kind: 'rejected',
      attribute: 'manager',
    });
    expect(await connector.update('user', absent, [set('manager', boss)], context())).toMatchObject({
      kind: 'not-found',
    });
  });

  it('that fail after a creation leave it to be found, never to be made twice', async () => {
    const connector = connect();
    const attributes = person({ manager: '00000000-0000-4000-8000-000000000000' });
    const outcome = await connector.create('user', attributes, context());
    expect(outcome).toMatchObject({ kind: 'retry', scope: 'object', maybeDone: true });
    const value = String(attributes.userPrincipalName);
    expect(valueOf(await connector.find('user', { attribute: 'userPrincipalName', value }))).toHaveLength(1);
  });

  it('assign licences, take them away, and say what is missing', async () => {
    const [e3, e5] = ['05e9a617-0261-4cee-bb44-138d3ef5d965', '06ebc4ee-1bb5-47dd-8120-11324bc54e06'];
    double.directory.seats = new Map([
      [e3, 5],
      [e5, 0],
    ]);
    const connector = connect();
    const id = await join(connector, { usageLocation: 'GB', assignedLicenses: [e3] });
    expect(valueOf(await connector.get('user', id)).attributes.assignedLicenses).toEqual([e3]);
    const calls = double.calls.length;
    valueOf(await connector.update('user', id, [set('assignedLicenses', [e3])], context()));
    expect(double.calls.slice(calls).map(({ method }) => method)).toEqual(['GET']);
    const none = await connector.update('user', id, [set('assignedLicenses', [e3, e5])], context());
    expect(none).toMatchObject({ kind: 'rejected', attribute: 'assignedLicenses' });
    valueOf(await connector.update('user', id, [unset('assignedLicenses')], context()));
    expect(double.directory.seats.get(e3)).toBe(5);
    const nowhere = await join(connector);
    expect(await connector.update('user', nowhere, [set('assignedLicenses', [e3])], context())).toMatchObject(
      {
        kind: 'rejected',
        remedy: expect.stringContaining('usageLocation'),
      },
    );
  });
});

describe('members', () => {
  it('20 go in one call, also where some are there already', async () => {
    const connector = connect();
    const people = await Promise.all(Array.from({ length: 20 }, () => join(connector)));
    const group = await gather(connector);
    double.calls.length = 0;
    const all = { add: users(people), remove: [] };
    valueOf(await connector.members(group, all, context()));
    expect(double.calls.map(({ method }) => method)).toEqual(['PATCH']);
    valueOf(await connector.members(group, { add: [], remove: users(people.slice(0, 15)) }, context()));
    expect(membersOf(group)).toEqual(people.slice(15).toSorted());
    double.calls.length = 0;
    expect(valueOf(await connector.members(group, all, context())).added).toHaveLength(20);
    expect(double.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `PATCH /groups/${group}`,
      'POST /$batch',
    ]);
    expect(membersOf(group)).toEqual(people.toSorted());
  });

  it('who cannot come in keep nobody else out, nor anybody in', async () => {
    const connector = connect({ groupType: 'microsoft365' });
    const [leaver, goner, newcomer] = await Promise.all([join(connector), join(connector), join(connector)]);
    const inner = await gather(connect());
    const group = await gather(connector);
    valueOf(await connector.members(group, { add: users([leaver, goner]), remove: [] }, context()));
    const add = [{ id: inner, type: 'group' as const }, ...users([newcomer])];
    const outcome = await connector.members(group, { add, remove: users([leaver, goner]) }, context());
    expect(outcome).toMatchObject({
      kind: 'rejected',
      attribute: 'members',
      message: expect.stringContaining(inner),
      remedy: expect.any(String),
    });
    expect(membersOf(group)).toEqual([newcomer]);
  });

  it('who are held up are told before one who is refused: the rest comes by itself', async () => {
    const connector = connect({ groupType: 'microsoft365' });
    const people = await Promise.all([join(connector), join(connector)]);
    const inner = await gather(connect());
    const group = await gather(connector);
    valueOf(await connector.members(group, { add: users(people), remove: [] }, context()));
    double.calls.length = 0;
    const add = [{ id: inner, type: 'group' as const }];
    double.throttle = { bucket: 'write', retryAfterSeconds: 7, times: 1 };
    expect(await connector.members(group, { add, remove: users(people) }, context())).toMatchObject({
      kind: 'retry',
      scope: 'connection',
      afterMs: 7_000,
      maybeDone: true,
    });
    expect(double.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /$batch']);
  });

  it('are never removed by a call that would delete the user', async () => {
    const connector = connect();
    const people = [await join(connector), await join(connector)];
    const group = await gather(connector);
    valueOf(await connector.members(group, { add: users(people), remove: [] }, context()));
    double.calls.length = 0;
    valueOf(await connector.members(group, { add: [], remove: users(people) }, context()));
    valueOf(await connector.members(group, { add: [], remove: users(people.slice(1)) }, context()));
    const urls = double.calls.flatMap(({ method, path, body }) => [
      ...(method === 'DELETE' ? [path] : []),
      ...((body?.requests ?? []) as Json[]).map(({ url }) => url as string),
    ]);
    expect(urls).toHaveLength(3);
    for (const url of urls) expect(url).toMatch(/\/members\/[^/]+\/\$ref$/);
    for (const id of people) expect(double.directory.objects.has(id)).toBe(true);
  });

  it('that are held up within a batch hold the connection up, and what was done is looked at again', async () => {
    const connector = connect();
    const people = [await join(connector), await join(connector)];
    const group = await gather(connector);
    valueOf(await connector.members(group, { add: users(people), remove: [] }, context()));
    double.throttle = { bucket: 'write', retryAfterSeconds: 7, times: 1 };
    expect(await connector.members(group, { add: [], remove: users(people) }, context())).toMatchObject({
      kind: 'retry',
      scope: 'connection',
      afterMs: 7_000,
      maybeDone: true,
    });
    expect(membersOf(group)).toHaveLength(1);
  });

  it('are read page by page, groups among them, and nothing else', async () => {
    const connector = connect();
    const group = await gather(connector);
    const inner = await gather(connector);
    const people = await Promise.all(Array.from({ length: 3 }, () => join(connector)));
    valueOf(
      await connector.members(
        group,
        { add: [...users(people), { id: inner, type: 'group' }], remove: [] },
        context(),
      ),
    );
    const { members } = valueOf(await connector.get('group', group, { members: true }));
    expect(members).toHaveLength(4);
    expect(members).toContainEqual({ id: inner, type: 'group' });
  });
});

describe('groups', () => {
  it('are security groups or Microsoft 365 groups, with a nickname made of the name', async () => {
    const security = await gather(connect(), 'Émigrés & "Gäste" (2)');
    expect(stored(security)).toMatchObject({ securityEnabled: true, mailEnabled: false, groupTypes: [] });
    expect(stored(security).mailNickname).toBe('Emigres&Gaste2');
    const unified = await gather(connect({ groupType: 'microsoft365' }), 'Team');
    expect(stored(unified)).toMatchObject({
      securityEnabled: false,
      mailEnabled: true,
      groupTypes: ['Unified'],
    });
    const again = await connect({ groupType: 'microsoft365' }).create(
      'group',
      { displayName: 'Team' },
      context(),
    );
    expect(again.kind).toBe('conflict');
    expect(stored(await gather(connect(), '日本語')).mailNickname).toBe('group');
  });
});

describe('changes', () => {
  it('come page by page, with managers and tombstones of both kinds', async () => {
    const connector = connect();
    double.manner.pageSize = 2;
    const [kept, binned, purged, boss] = await Promise.all([1, 2, 3, 4].map(() => join(connector)));
    const { token } = valueOf(await connector.changes!('user', {}));
    valueOf(await connector.update('user', kept!, [set('manager', boss!)], context()));
    for (const id of [binned!, purged!]) valueOf(await connector.delete('user', id, context()));
    double.directory.purge(purged!);
    const seen = new Map<string, Attributes | 'gone'>();
    let page = valueOf(await connector.changes!('user', { token }));
    for (let pages = 0; page.token === undefined && pages < 20; pages += 1) {
      note(page);
      page = valueOf(await connector.changes!('user', { cursor: page.nextCursor }));
    }
    note(page);
    expect(seen.get(kept!)).toMatchObject({ manager: boss });
    expect([binned, purged].map((id) => seen.get(id!))).toEqual(['gone', 'gone']);
    expect(seen.has(boss!)).toBe(false);

    function note({ objects, deleted }: typeof page): void {
      for (const { id, attributes } of objects) seen.set(id, attributes);
      for (const { id } of deleted) seen.set(id, 'gone');
    }
  });

  it('of who is in a group make the group come', async () => {
    const connector = connect();
    const [group, id] = [await gather(connector), await join(connector)];
    const { token } = valueOf(await connector.changes!('group', {}));
    valueOf(await connector.members(group, { add: users([id]), remove: [] }, context()));
    const empty = valueOf(await connector.changes!('group', { token }));
    expect(empty.objects).toEqual([]);
    const page = valueOf(await connector.changes!('group', { cursor: empty.nextCursor }));
    expect(page.objects.map((each) => each.id)).toEqual([group]);
  });

  it.each(['gone', 'not-found'] as const)(
    'since a token that has ended cannot be told (%s)',
    async (expiry) => {
      double.manner.expiry = expiry;
      const connector = connect();
      const { token } = valueOf(await connector.changes!('user', {}));
      double.directory.clock = () => Date.now() + 8 * 86_400_000;
      expect(await connector.changes!('user', { token })).toMatchObject({
        kind: 'rejected',
        code: 'bad-token',
      });
      expect(await connector.changes!('group', { token })).toMatchObject({
        kind: 'rejected',
        code: 'bad-token',
      });
      expect(await connector.changes!('user', { token: 'made up' })).toMatchObject({ code: 'bad-token' });
    },
  );
});

describe('troubles of the service', () => {
  it.each([
    [500, { kind: 'retry', scope: 'object', maybeDone: true }],
    [503, { kind: 'retry', scope: 'connection', maybeDone: true }],
    [504, { kind: 'retry', scope: 'object', maybeDone: true }],
  ] as const)('%i may have done what was asked', async (status, expected) => {
    const connector = connect({ restoreDeleted: 'never' });
    double.outage = { status, times: 1 };
    const outcome = await connector.create('user', person(), context());
    expect(outcome).toMatchObject(expected);
    expect(outcome.answer).toMatch(new RegExp(`^HTTP ${status} \\w+ \\(request-id .{36}\\)$`));
  });

  it('a token that has ended is replaced within the call', async () => {
    const connector = connect();
    await join(connector);
    const issued = double.tokens.issued;
    double.tokens.expireAll();
    await join(connector);
    expect(double.tokens.issued).toBe(issued + 1);
  });
});
