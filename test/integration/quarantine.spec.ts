import { randomUUID } from 'node:crypto';
import { pauseConnection, resumeConnection } from '@rollcall/provisioning';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnBothQueues, type QueueServer, waitFor } from '../harness/index.js';
import { PushRig, userCreated } from './push-rig.js';

describeOnBothQueues('a connection that is stopped', (startQueueServer) => {
  let server: QueueServer;
  let rig: PushRig;
  let connection: string;

  beforeEach(async () => {
    server = await startQueueServer();
    rig = await PushRig.start(server);
    await rig.startEngine();
  });
  afterEach(async () => {
    await rig.stop();
    await server.stop();
  });

  const employ = (count: number, from = 0) =>
    rig.record(
      ...Array.from({ length: count }, (_, at) => userCreated(randomUUID(), `user${from + at}@example.com`)),
    );
  const told = async () => {
    const all = await rig.events.readAll(rig.tenantId, 0, 100_000);
    return all
      .filter(({ streamType }) => streamType === 'connection')
      .map(({ type, payload }) => ({ type, ...(payload as { kind?: string; reason?: string }) }));
  };
  const state = () => rig.connections.get(rig.tenantId, connection);
  const inState = (wanted: string) =>
    waitFor(async () => (await state()).state === wanted, {
      what: `the connection to be ${wanted}`,
      timeoutMs: 40_000,
    });

  it('tells once that the token is refused, and once that all is well again', async () => {
    connection = await rig.connect();
    rig.target.accepts = 'another';
    await employ(80);
    await inState('quarantined');
    // A repair that is none is not told again.
    await rig.connections.change(rig.tenantId, connection, {
      credentials: { type: 'bearer', token: 'wrong too' },
    });
    await inState('quarantined');
    await rig.connections.change(rig.tenantId, connection, {
      credentials: { type: 'bearer', token: 'another' },
    });
    await rig.settled(connection, 30_000);
    expect(rig.target.users.size).toBe(80);
    expect(await told()).toEqual([
      { type: 'connection.quarantined', kind: 'denied', reason: 'the token is refused' },
      { type: 'connection.recovered', reason: 'The target answers again.' },
    ]);
    expect((await rig.items(connection)).every(({ state: item }) => item === 'idle')).toBe(true);
  });

  it('stops for a target that answers 500 to everything, without dead letters, and comes back by itself', async () => {
    connection = await rig.connect({ policy: { push: { attempts: 2 } } });
    await employ(5);
    await rig.settled(connection);
    let down = true;
    rig.target.fault = ({ operation }) =>
      down && operation === 'create'
        ? { kind: 'retry', scope: 'object', maybeDone: true, message: 'The target failed: HTTP 500' }
        : undefined;
    await employ(60, 5);
    await inState('quarantined');
    expect((await state()).stateReason).toMatch(
      /^\d+ of \d+ operations within 10 minutes failed at the target: /,
    );
    const made = rig.target.made('create').length;
    expect(made).toBeLessThan(5 + 60);
    await waitFor(() => rig.target.made('create').length >= made + 2, {
      what: 'two probes',
      timeoutMs: 30_000,
    });
    expect((await rig.items(connection)).filter(({ state: item }) => item === 'dead')).toEqual([]);
    down = false;
    await inState('enabled');
    await rig.settled(connection, 30_000);
    expect(rig.target.users.size).toBe(65);
    expect((await told()).map(({ type, kind }) => [type, kind])).toEqual([
      ['connection.quarantined', 'failing'],
      ['connection.recovered', undefined],
    ]);
  });

  it('sends nothing while it is paused, over a restart, and then one operation a person', async () => {
    connection = await rig.connect();
    const ada = await rig.createUser('ada@example.com', { title: '0' });
    await rig.settled(connection);
    const parts = { database: rig.database, events: rig.events, queues: rig.queues };
    await pauseConnection(parts, rig.tenantId, connection, {
      reason: 'the app is moved',
      actor: 'admin:test',
    });
    const calls = rig.target.calls.length;
    for (let at = 1; at <= 10; at += 1) await rig.updateUser(ada, { title: String(at) });
    await rig.stopEngines();
    await rig.startEngine();
    await employ(20);
    await waitFor(
      async () => (await rig.items(connection)).filter(({ state: item }) => item === 'due').length === 21,
      {
        what: 'everything to wait',
      },
    );
    await pauseConnection(parts, rig.tenantId, connection, {
      until: new Date(Date.now() + 3_000),
      reason: 'nearly done',
      actor: 'admin:test',
    });
    expect(await state()).toMatchObject({
      state: 'enabled',
      pauseReason: 'nearly done',
      pausedBy: 'admin:test',
    });
    expect(rig.target.calls.length).toBe(calls);
    await rig.settled(connection, 30_000);
    expect(rig.target.users.size).toBe(21);
    expect(rig.target.made('update')).toHaveLength(1);
    await waitFor(async () => (await state()).pausedAt === null, { what: 'the pause to end' });
    await pauseConnection(parts, rig.tenantId, connection, { actor: 'admin:test' });
    await rig.createUser('late@example.com');
    await resumeConnection(parts, rig.tenantId, connection, 'admin:test');
    await waitFor(() => rig.target.userNamed('late@example.com'), { what: 'the one who came late' });
    expect((await told()).map(({ type }) => type)).toEqual([
      'connection.paused',
      'connection.paused',
      'connection.resumed',
      'connection.paused',
      'connection.resumed',
    ]);
  });
});
