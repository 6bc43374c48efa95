import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWithRedis, type RedisServer, startRedis, waitFor } from '../harness/index.js';
import { PushRig, userCreated } from './push-rig.js';
import { randomUUID } from 'node:crypto';

describe('push on queues in Postgres', () => pushing(() => ({})));

describeWithRedis('push on queues in Redis', () => {
  let redis: RedisServer;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(() => redis.stop());
  pushing(() => ({ redisUrl: redis.url }));
});

function pushing(options: () => { redisUrl?: string }): void {
  let rig: PushRig;
  beforeEach(async () => {
    rig = await PushRig.start(options());
  });
  afterEach(() => rig.stop());

  it('creates, updates, deactivates and reactivates an account', async () => {
    await rig.startEngine();
    const connection = await rig.connect();
    const ada = await rig.createUser('ada@example.com', { displayName: 'Ada' });
    await waitFor(() => rig.target.userNamed('ada@example.com'), { what: 'Ada to be there' });
    expect(rig.target.userNamed('ada@example.com')!.attributes).toMatchObject({
      active: true,
      displayName: 'Ada',
    });

    await rig.updateUser(ada, { displayName: 'Ada L.' });
    await waitFor(() => rig.target.userNamed('ada@example.com')!.attributes.displayName === 'Ada L.', {
      what: 'the new name',
    });
    await rig.user(ada, 'user.deactivated');
    await waitFor(() => rig.target.userNamed('ada@example.com')!.attributes.active === false, {
      what: 'no access',
    });
    await rig.user(ada, 'user.reactivated');
    await waitFor(() => rig.target.userNamed('ada@example.com')!.attributes.active === true, {
      what: 'access again',
    });
    await rig.settled(connection);

    const operations = await rig.operations();
    expect(operations.map(({ type, payload }) => [type, payload.action])).toEqual([
      ['operation.succeeded', 'create'],
      ['operation.succeeded', 'update'],
      ['operation.succeeded', 'deactivate'],
      ['operation.succeeded', 'reactivate'],
    ]);
    expect(rig.troubles).toEqual([]);
  });

  it('pushes everybody when a connection is enabled, and groups with their members', async () => {
    const people = await Promise.all(
      Array.from({ length: 30 }, (_, at) => rig.createUser(`user${at}@example.com`)),
    );
    await rig.createGroup('Everybody', people);
    await rig.startEngine();
    const connection = await rig.connect();
    await rig.settled(connection);
    expect(rig.target.users.size).toBe(30);
    expect(rig.target.groupNamed('Everybody')!.members.size).toBe(30);
    expect(rig.target.mostAtOnce).toBe(1);
    expect(rig.troubles).toEqual([]);
  });

  it('makes few calls of many quick changes at a slow target, never two at once, and the last one wins', async () => {
    let answer = () => {};
    rig.target.held = new Promise<void>((resolve) => (answer = resolve));
    await rig.startEngine();
    await rig.connect();
    const ada = await rig.createUser('ada@example.com', { title: '0' });
    for (let at = 1; at <= 50; at += 1) await rig.updateUser(ada, { title: String(at) });
    answer();
    await waitFor(() => rig.target.userNamed('ada@example.com')?.attributes.title === '50', {
      what: 'the last title',
    });
    expect(rig.target.made('update').length + rig.target.made('create').length).toBeLessThanOrEqual(3);
    expect(rig.target.mostAtOnce).toBe(1);
  });

  it('makes no call and records nothing when there is nothing to do', async () => {
    await rig.startEngine();
    const connection = await rig.connect();
    await rig.createUser('ada@example.com');
    await rig.settled(connection);
    const calls = rig.target.calls.length;
    await rig.connections.enable(rig.tenantId, connection);
    await rig.settled(connection);
    expect(rig.target.calls.length).toBe(calls);
    expect(await rig.operations()).toHaveLength(1);
  });

  it('adopts the account after a lost answer instead of making it twice', async () => {
    let lost = 0;
    rig.target.fault = ({ operation }) =>
      operation === 'create' && lost++ === 0 ? { lostAfterwards: true } : undefined;
    await rig.startEngine();
    const connection = await rig.connect();
    await rig.createUser('ada@example.com');
    await rig.settled(connection);
    expect(rig.target.users.size).toBe(1);
    const operations = await rig.operations();
    expect(operations.map(({ type, payload }) => [type, payload.action])).toEqual([
      ['operation.retrying', 'create'],
      ['operation.succeeded', 'adopt'],
    ]);
    expect(new Set(operations.map(({ payload }) => payload.operationId)).size).toBe(1);
  });

  it('tries again what broke in the hub itself, and in the end makes it a dead letter', async () => {
    let broken = 0;
    rig.target.fault = ({ operation, about }) => {
      if (operation !== 'create') return undefined;
      if (about === 'bob@example.com' || broken++ === 0) throw new Error('a fault of the connector');
      return undefined;
    };
    await rig.startEngine();
    const connection = await rig.connect({ policy: { push: { attempts: 2 } } });
    const ada = await rig.createUser('ada@example.com');
    const bob = await rig.createUser('bob@example.com');
    await rig.settled(connection);
    const states = (await rig.items(connection)).map(({ id, state }) => [id, state]);
    expect(Object.fromEntries(states)).toEqual({ [ada]: 'idle', [bob]: 'dead' });
    expect([...rig.target.users.values()].map(({ attributes }) => attributes.userName)).toEqual([
      'ada@example.com',
    ]);
  });

  it('looks and adopts when the target says that the name is taken', async () => {
    // The first look comes before somebody else makes the account.
    rig.target.fault = ({ operation, about }) => {
      if (operation !== 'find' || rig.target.users.size > 0) return undefined;
      const account = { id: randomUUID(), attributes: { userName: about, displayName: 'Old' } };
      rig.target.users.set(account.id, account);
      return { kind: 'no-op', why: 'unchanged' };
    };
    await rig.startEngine();
    const connection = await rig.connect();
    await rig.createUser('ada@example.com', { displayName: 'Ada' });
    await rig.settled(connection);
    expect(rig.target.users.size).toBe(1);
    expect(rig.target.userNamed('ada@example.com')!.attributes.displayName).toBe('Ada');
    expect((await rig.operations()).map(({ payload }) => payload.action)).toEqual(['adopt']);
  });

  it('writes a manager and a member once they are there', async () => {
    rig.target.fault = ({ operation, about }) =>
      operation === 'create' && about === 'boss@example.com' && rig.target.users.size < 1
        ? { kind: 'retry', scope: 'object', message: 'not yet' }
        : undefined;
    await rig.startEngine();
    const connection = await rig.connect();
    const boss = await rig.createUser('boss@example.com');
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const ada = randomUUID();
    await rig.createGroup('Team', [boss, ada]);
    await rig.createUser('ada@example.com', { [enterprise]: { manager: { value: boss } } }, ada);
    await rig.settled(connection);
    const manager = rig.target.userNamed('ada@example.com')!.attributes[`${enterprise}:manager.value`];
    expect(manager).toBe(rig.target.userNamed('boss@example.com')!.id);
    expect(rig.target.groupNamed('Team')!.members.size).toBe(2);
  });

  it('waits as long as the target asks, for an object and for the connection', async () => {
    const refused = new Set<string>();
    rig.target.fault = ({ operation, about }) => {
      if (operation !== 'create' || refused.has(about)) return undefined;
      refused.add(about);
      const scope = about.startsWith('ada') ? 'object' : 'connection';
      return { kind: 'retry', scope, afterMs: 2_000, message: 'slow down' };
    };
    await rig.startEngine();
    const connection = await rig.connect();
    await rig.createUser('ada@example.com');
    await rig.settled(connection);
    await rig.createUser('bob@example.com');
    await rig.settled(connection);
    const made = rig.target.made('create');
    expect(made.map(({ about }) => about)).toEqual([
      'ada@example.com',
      'ada@example.com',
      'bob@example.com',
      'bob@example.com',
    ]);
    expect(made[1]!.at - made[0]!.at).toBeGreaterThanOrEqual(1_990);
    expect(made[3]!.at - made[2]!.at).toBeGreaterThanOrEqual(1_990);
    const bob = (await rig.operations()).filter(({ type }) => type === 'operation.retrying').at(-1)!;
    expect(bob.payload.attempt).toBe(1);
  });

  it('repairs an account and a group that somebody deleted at the target', async () => {
    await rig.startEngine();
    const connection = await rig.connect();
    const ada = await rig.createUser('ada@example.com');
    const team = await rig.createGroup('Team', [ada]);
    await rig.settled(connection);
    rig.target.users.clear();
    await rig.updateUser(ada, { title: 'Countess' });
    await rig.settled(connection);
    const account = rig.target.userNamed('ada@example.com')!;
    expect(account.attributes.title).toBe('Countess');
    expect([...rig.target.groupNamed('Team')!.members]).toContain(account.id);
    rig.target.groups.clear();
    const bob = await rig.createUser('bob@example.com');
    await rig.members(team, 'group.members-added', [bob]);
    await rig.settled(connection);
    expect(rig.target.groupNamed('Team')!.members).toEqual(new Set(rig.target.users.keys()));
  });

  it('pushes while the target is down and back, one item first', async () => {
    let down = false;
    rig.target.fault = () =>
      down ? { kind: 'retry', scope: 'connection', message: 'no connection' } : undefined;
    await rig.startEngine();
    const connection = await rig.connect();
    await rig.createUser('first@example.com');
    await rig.settled(connection);
    down = true;
    await rig.record(
      ...Array.from({ length: 100 }, (_, at) => userCreated(randomUUID(), `user${at}@example.com`)),
    );
    await waitFor(async () => (await rig.connections.get(rig.tenantId, connection)).failures >= 2, {
      what: 'two failures',
    });
    const callsWhileDown = rig.target.calls.length;
    expect(callsWhileDown).toBeLessThan(30);
    down = false;
    await rig.settled(connection);
    expect(rig.target.users.size).toBe(101);
    expect((await rig.connections.get(rig.tenantId, connection)).failures).toBe(0);
  });

  it('stops when its token is refused, without dead letters, and goes on with a new one', async () => {
    await rig.startEngine();
    const connection = await rig.connect();
    await rig.createUser('first@example.com');
    await rig.settled(connection);
    rig.target.accepts = 'another';
    await rig.record(
      ...Array.from({ length: 60 }, (_, at) => userCreated(randomUUID(), `user${at}@example.com`)),
    );
    const quarantined = await waitFor(
      async () => {
        const row = await rig.connections.get(rig.tenantId, connection);
        return row.state === 'quarantined' && row;
      },
      { what: 'the quarantine' },
    );
    expect(quarantined.stateReason).toBe('the token is refused');
    expect(rig.target.calls.length).toBeLessThan(30);
    expect((await rig.items(connection)).filter(({ state }) => state === 'dead')).toEqual([]);
    await rig.connections.change(rig.tenantId, connection, {
      credentials: { type: 'bearer', token: 'another' },
    });
    await rig.settled(connection);
    expect(rig.target.users.size).toBe(61);
    expect((await rig.connections.get(rig.tenantId, connection)).state).toBe('enabled');
  });

  it('takes leavers out of groups, and deletes only groups that it made', async () => {
    rig.target.groups.set('old', {
      id: 'old',
      attributes: { displayName: 'Old' },
      members: new Set(['stranger']),
    });
    await rig.startEngine();
    const connection = await rig.connect();
    const [ada, bob] = [await rig.createUser('ada@example.com'), await rig.createUser('bob@example.com')];
    const made = await rig.createGroup('Made', [ada, bob]);
    const old = await rig.createGroup('Old', [ada, bob]);
    await rig.settled(connection);
    const bobThere = rig.target.userNamed('bob@example.com')!.id;
    await rig.user(ada, 'user.deleted');
    await rig.settled(connection);
    expect(rig.target.userNamed('ada@example.com')!.attributes.active).toBe(false);
    expect(rig.target.groupNamed('Made')!.members).toEqual(new Set([bobThere]));
    expect(rig.target.groupNamed('Old')!.members).toEqual(new Set(['stranger', bobThere]));
    for (const streamId of [made, old]) {
      await rig.record({ streamId, streamType: 'group', events: [{ type: 'group.deleted', payload: {} }] });
    }
    await rig.settled(connection);
    expect([...rig.target.groups.values()].map(({ attributes }) => attributes.displayName)).toEqual(['Old']);
    expect(rig.target.groupNamed('Old')!.members).toEqual(new Set(['stranger']));
  });

  it('gives somebody who was deleted and made anew their account back, in the groups they are in now', async () => {
    await rig.startEngine();
    const connection = await rig.connect();
    const [before, bob] = [await rig.createUser('ada@example.com'), await rig.createUser('bob@example.com')];
    await rig.createGroup('Old team', [before, bob]);
    await rig.settled(connection);
    const account = rig.target.userNamed('ada@example.com')!.id;
    const bobThere = rig.target.userNamed('bob@example.com')!.id;
    await rig.user(before, 'user.deleted');
    await rig.settled(connection);
    expect(rig.target.userNamed('ada@example.com')!.attributes.active).toBe(false);
    const now = await rig.createUser('ada@example.com', { title: 'Countess' });
    await rig.createGroup('New team', [now]);
    await rig.settled(connection);
    expect(rig.target.users.size).toBe(2);
    expect(rig.target.userNamed('ada@example.com')).toMatchObject({
      id: account,
      attributes: { active: true, title: 'Countess' },
    });
    expect(rig.target.groupNamed('Old team')!.members).toEqual(new Set([bobThere]));
    expect(rig.target.groupNamed('New team')!.members).toEqual(new Set([account]));
    // What is still looked at for the leaver must not touch the account any more.
    await rig.connections.change(rig.tenantId, connection, {
      policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 0 } },
    });
    await rig.settled(connection);
    expect(rig.target.userNamed('ada@example.com')!.attributes.active).toBe(true);
    expect(rig.target.groupNamed('New team')!.members).toEqual(new Set([account]));
  });

  it('follows a scope of groups as people come and go', async () => {
    await rig.startEngine();
    const [ada, bob] = [await rig.createUser('ada@example.com'), await rig.createUser('bob@example.com')];
    const team = await rig.createGroup('Team', [ada]);
    await rig.createGroup('Others', [bob]);
    const connection = await rig.connect({ scope: { groups: [team] } });
    await rig.settled(connection);
    const active = () =>
      [...rig.target.users.values()]
        .filter(({ attributes }) => attributes.active)
        .map(({ attributes }) => attributes.userName);
    expect([active(), rig.target.groups.size]).toEqual([['ada@example.com'], 1]);
    await rig.members(team, 'group.members-added', [bob]);
    await rig.members(team, 'group.members-removed', [ada]);
    await rig.settled(connection);
    expect(active()).toEqual(['bob@example.com']);
    expect(rig.target.groupNamed('Team')!.members).toEqual(
      new Set([rig.target.userNamed('bob@example.com')!.id]),
    );
    await rig.connections.change(rig.tenantId, connection, { scope: {} });
    await rig.settled(connection);
    expect(active().sort()).toEqual(['ada@example.com', 'bob@example.com']);
    expect(rig.target.groups.size).toBe(2);
  });
}
