import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectorModule, type Connector, type OperationContext, type Outcome } from '@rollcall/connectors';
import { startSandbox, type Sandbox } from '../../apps/sandbox/src/start-sandbox.js';

const live: OperationContext = { operationId: 'operation', attempt: 1, mode: 'live' };
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

let sandbox: Sandbox;
let connector: Connector;
let serial = 0;
let userName: string;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, token: 'sandbox-token' });
  connector = connectorModule('scim2')!.open(
    { baseUrl: `${sandbox.baseUrl}/`, pageSize: 7 },
    { type: 'bearer', token: 'sandbox-token' },
    { userAgent: 'rollcall-test' },
  );
});
afterAll(async () => {
  await connector.close();
  await sandbox.stop();
});
beforeEach(() => {
  userName = `ada.${++serial}@example.com`;
});

const account = (name = userName) => sandbox.accounts().find((each) => each.userName === name);
const group = (id: string) => sandbox.groups().find((each) => each.id === id);
function value<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}
const createUser = async (more = {}, name = userName) =>
  value(await connector.create('user', { userName: name, active: true, ...more }, live)).id;
const createGroup = async () =>
  value(await connector.create('group', { displayName: `Group ${++serial}` }, live)).id;

describe('SCIM connector against the sandbox', () => {
  it('tests the connection step by step', async () => {
    const report = await connector.test();
    expect(report).toMatchObject({ ok: true });
    expect(report.steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'reach passed',
      'tls skipped',
      'authenticate passed',
      'discover passed',
      'read-users passed',
      'find-user passed',
      'read-groups passed',
      'write-probe skipped',
      'limits passed',
    ]);
  });

  it('discovers attributes and limits', async () => {
    const { objectTypes, assumptions } = value(await connector.discover());
    expect(assumptions).toEqual([]);
    const names = objectTypes.map(
      ({ type, attributes }) => [type, attributes.map(({ name }) => name)] as const,
    );
    expect(names[0]?.[0]).toBe('user');
    expect(names[0]?.[1]).toEqual(
      expect.arrayContaining([
        'userName',
        'name.givenName',
        'emails[type eq "work"].value',
        `${enterprise}:department`,
      ]),
    );
    expect(names[1]).toEqual(['group', expect.arrayContaining(['displayName'])]);
    const name = objectTypes[0]?.attributes.find((each) => each.name === 'userName');
    expect(name).toMatchObject({ required: true, unique: true });
  });

  it('takes every attribute of the default mapping', async () => {
    const boss = await createUser({}, `boss.${serial}@example.com`);
    const { attributes } = connectorModule('scim2')!.manifest.defaultMappings.users;
    const written = Object.fromEntries(
      attributes.map(({ target, kind }) => [
        target,
        kind === 'reference' ? boss : `value of ${target.slice(-12)}`,
      ]),
    );
    Object.assign(written, { userName, active: true });
    const { id } = value(await connector.create('user', written, live));
    expect(value(await connector.get('user', id)).attributes).toMatchObject(written);
  });

  it('changes single values, adds elements that are missing and clears others', async () => {
    const boss = await createUser({}, `boss.${serial}@example.com`);
    const id = await createUser({ title: 'Analyst', 'emails[type eq "work"].value': 'old@example.com' });
    const outcome = await connector.update(
      'user',
      id,
      [
        { op: 'set', attribute: 'emails[type eq "work"].value', value: 'new@example.com' },
        { op: 'set', attribute: 'addresses[type eq "work"].locality', value: 'London' },
        { op: 'set', attribute: 'addresses[type eq "work"].country', value: 'GB' },
        { op: 'set', attribute: 'phoneNumbers[type eq "work"].value', value: '+44 1' },
        { op: 'set', attribute: `${enterprise}:manager.value`, value: boss },
        { op: 'set', attribute: `${enterprise}:employeeNumber`, value: '0042' },
        { op: 'set', attribute: 'name.familyName', value: 'Lovelace' },
        { op: 'set', attribute: 'active', value: false },
        { op: 'unset', attribute: 'title' },
      ],
      live,
    );
    expect(outcome).toMatchObject({ kind: 'ok', value: { id } });
    expect(account()).toMatchObject({
      active: false,
      name: { familyName: 'Lovelace' },
      emails: [{ type: 'work', value: 'new@example.com', primary: true }],
      addresses: [{ type: 'work', locality: 'London', country: 'GB' }],
      phoneNumbers: [{ type: 'work', value: '+44 1' }],
      [enterprise]: { manager: { value: boss }, employeeNumber: '0042' },
    });
    expect(account()).not.toHaveProperty('title');

    await connector.update(
      'user',
      id,
      [
        { op: 'set', attribute: 'addresses[type eq "work"].locality', value: 'Paris' },
        { op: 'unset', attribute: 'addresses[type eq "work"].country' },
        { op: 'unset', attribute: 'phoneNumbers[type eq "work"].value' },
        { op: 'unset', attribute: `${enterprise}:manager.value` },
      ],
      live,
    );
    expect(account()?.addresses).toEqual([{ type: 'work', locality: 'Paris' }]);
    expect(account()).not.toHaveProperty('phoneNumbers');
    expect(account()?.[enterprise]).toEqual({ employeeNumber: '0042' });
  });

  it('has nothing to do for no changes', async () => {
    expect(await connector.update('user', 'any', [], live)).toEqual({ kind: 'no-op', why: 'unchanged' });
  });

  it('reports a taken name as a conflict, and finds who has it whatever the case', async () => {
    const id = await createUser();
    expect(await connector.create('user', { userName: userName.toUpperCase() }, live)).toMatchObject({
      kind: 'conflict',
    });
    const found = value(
      await connector.find('user', { attribute: 'userName', value: userName.toUpperCase() }),
    );
    expect(found.map((each) => each.id)).toEqual([id]);
  });

  it('finds by email and by external id, and nobody where there is nobody', async () => {
    const id = await createUser({ externalId: `x-${serial}`, 'emails[type eq "work"].value': userName });
    const find = async (attribute: string, wanted: string) =>
      value(await connector.find('user', { attribute, value: wanted })).map((each) => each.id);
    expect(await find('externalId', `x-${serial}`)).toEqual([id]);
    expect(await find('emails[type eq "work"].value', userName)).toEqual([id]);
    expect(await find('userName', 'nobody at all')).toEqual([]);
  });

  it('reads all accounts page by page, each once', async () => {
    for (let more = 0; more < 16; more++) await createUser({}, `listed.${more}.${userName}`);
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = value(await connector.list('user', { cursor }));
      expect(page.cutShort).toBeUndefined();
      seen.push(...page.objects.map(({ id }) => id));
      cursor = page.nextCursor;
      pages++;
    } while (cursor !== undefined);
    expect(seen.toSorted()).toEqual(
      sandbox
        .accounts()
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(pages).toBe(Math.ceil(seen.length / 7));
  });

  it('adds and removes members, and tells which the target does not know', async () => {
    const [a, b, c] = [
      await createUser({}, `a${userName}`),
      await createUser({}, `b${userName}`),
      await createUser({}, `c${userName}`),
    ];
    const id = await createGroup();
    const user = (each: string) => ({ id: each, type: 'user' as const });
    expect(
      value(
        await connector.members(
          id,
          { add: [a, 'ghost-1', b, c, 'ghost-2'].map(user), remove: [user('never-was')] },
          live,
        ),
      ),
    ).toEqual({
      added: expect.arrayContaining([a, b, c]),
      removed: ['never-was'],
      unknown: expect.arrayContaining(['ghost-1', 'ghost-2']),
    });
    expect(
      group(id)
        ?.members.map((each) => each.value)
        .toSorted(),
    ).toEqual([a, b, c].toSorted());

    expect(value(await connector.members(id, { add: [user(a)], remove: [user(b)] }, live))).toMatchObject({
      added: [a],
      removed: [b],
    });
    expect(
      group(id)
        ?.members.map((each) => each.value)
        .toSorted(),
    ).toEqual([a, c].toSorted());
  });

  it('nests groups, and says when the group itself is gone', async () => {
    const [outer, inner] = [await createGroup(), await createGroup()];
    await connector.members(outer, { add: [{ id: inner, type: 'group' }], remove: [] }, live);
    expect(group(outer)?.members).toEqual([{ value: inner, type: 'Group' }]);
    expect(await connector.delete('group', outer, live)).toMatchObject({ kind: 'ok' });
    expect(
      await connector.members(outer, { add: [{ id: inner, type: 'group' }], remove: [] }, live),
    ).toMatchObject({ kind: 'not-found' });
  });

  it('deletes once, and finds it gone the second time', async () => {
    const id = await createUser();
    expect(await connector.delete('user', id, live)).toMatchObject({ kind: 'ok' });
    expect(account()).toBeUndefined();
    expect(await connector.delete('user', id, live)).toMatchObject({ kind: 'no-op', why: 'already-absent' });
    expect(await connector.get('user', id)).toMatchObject({ kind: 'not-found' });
    expect(
      await connector.update('user', id, [{ op: 'set', attribute: 'title', value: 'x' }], live),
    ).toMatchObject({
      kind: 'not-found',
    });
  });

  it('sends nothing in plan mode, and shows what it would send', async () => {
    const before = sandbox.accounts().length;
    const plan: OperationContext = { ...live, mode: 'plan' };
    const planned = [
      await connector.create('user', { userName }, plan),
      await connector.update('user', 'u/1', [{ op: 'set', attribute: 'active', value: false }], plan),
      await connector.delete('user', 'u 1', plan),
      await connector.members('g', { add: [{ id: 'u', type: 'user' }], remove: [] }, plan),
    ];
    expect(planned.map(({ kind }) => kind)).toEqual(Array(4).fill('planned'));
    expect(
      planned
        .flatMap((each) => each.calls)
        .map((call) => `${call?.method} ${call?.url.replace(sandbox.baseUrl, '')}`),
    ).toEqual(['POST /Users', 'PATCH /Users/u%2F1', 'DELETE /Users/u%201', 'PATCH /Groups/g']);
    expect(planned[0]?.calls?.[0]?.body).toMatchObject({ userName });
    expect(JSON.stringify(planned)).not.toContain('sandbox-token');
    expect(sandbox.accounts()).toHaveLength(before);
  });

  it('refuses a mapping it cannot write, without a call', async () => {
    expect(
      await connector.create('user', { userName, 'emails[type co "w"].value': 'x' }, live),
    ).toMatchObject({
      kind: 'rejected',
      code: 'invalid-mapping',
      attribute: 'emails[type co "w"].value',
    });
    expect(account()).toBeUndefined();
  });

  it('says which attribute the target refuses', async () => {
    expect(await connector.create('user', { userName, title: { wrong: true } }, live)).toMatchObject({
      kind: 'rejected',
      attribute: 'title',
      remedy: expect.stringContaining('title'),
    });
  });

  it('a wrong token is denied, and the report says at which step', async () => {
    const stranger = connectorModule('scim2')!.open(
      { baseUrl: sandbox.baseUrl },
      { type: 'bearer', token: 'wrong-token' },
      { userAgent: 'rollcall-test' },
    );
    expect(await stranger.create('user', { userName }, live)).toMatchObject({
      kind: 'denied',
      remedy: expect.any(String),
    });
    const { ok, steps } = await stranger.test();
    expect(ok).toBe(false);
    expect(steps.find(({ status }) => status === 'failed')).toMatchObject({
      step: 'authenticate',
      remedy: expect.any(String),
    });
    await stranger.close();
  });
});
