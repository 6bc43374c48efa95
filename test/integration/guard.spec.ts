import { randomUUID } from 'node:crypto';
import { decideHold, type Hold, listHoldItems, listHolds, NotInHold, readHold } from '@rollcall/provisioning';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnBothQueues, type QueueServer, waitFor } from '../harness/index.js';
import { PushRig, userCreated } from './push-rig.js';

describeOnBothQueues('the guard', (startQueueServer) => {
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

  async function employ(count: number, attributes: Record<string, unknown> = {}): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await rig.record(
      ...ids.map((id, at) => userCreated(id, `user${at}-${id.slice(0, 4)}@example.com`, attributes)),
    );
    return ids;
  }
  const leave = (ids: string[]) =>
    rig.record(
      ...ids.map((streamId) => ({
        streamId,
        streamType: 'user',
        events: [{ type: 'user.deactivated', payload: {} }],
      })),
    );
  const inactive = () => [...rig.target.users.values()].filter(({ attributes }) => !attributes.active).length;
  const quiet = () =>
    waitFor(
      async () => {
        const items = await rig.items(connection);
        return (
          items.length > 0 && items.every(({ state }) => ['idle', 'dead', 'held', 'denied'].includes(state))
        );
      },
      { what: 'nothing to be due', timeoutMs: 30_000 },
    );
  const openHold = async (): Promise<Hold> => {
    const { items } = await listHolds(rig.database, rig.tenantId, {
      connectionId: connection,
      state: 'open',
    });
    return items[0]!;
  };
  const decide = (holdId: string, decision: 'allowed' | 'denied', subjectIds?: string[], note?: string) =>
    decideHold({ database: rig.database, events: rig.events, queues: rig.queues }, rig.tenantId, holdId, {
      decision,
      subjectIds,
      note,
      actor: 'admin:test',
    });

  it('holds all of a wrong filter that would remove 400 of 500, before the first, and lets go what an admin allows', async () => {
    connection = await rig.connect();
    const staff = await employ(100, { userType: 'Employee' });
    const others = await employ(400, { userType: 'Contractor' });
    await waitFor(() => rig.target.users.size === 500, { what: 'everybody to be there' });
    await rig.settled(connection);
    await rig.connections.change(rig.tenantId, connection, { scope: { rule: 'userType eq "Employee"' } });
    await waitFor(openHold, { what: 'the change set' });
    await quiet();
    expect(inactive()).toBe(0);
    const hold = await openHold();
    expect(hold).toMatchObject({
      action: 'deactivate',
      subjectType: 'user',
      cause: { kind: 'configuration', version: 2 },
      threshold: { live: 500, above: 20, abovePercent: 10 },
      counts: { held: 400, allowed: 0, denied: 0 },
    });
    // Everything else goes on.
    await rig.updateUser(staff[0]!, { title: 'Head' });
    await rig.createUser('new@example.com', { userType: 'Employee' });
    await waitFor(() => rig.target.userNamed('new@example.com'), { what: 'the new one' });

    const { items, nextCursor } = await listHoldItems(rig.database, rig.tenantId, hold.id, { limit: 30 });
    expect(items[0]).toMatchObject({
      subject: { type: 'user', display: expect.stringContaining('@example.com') },
      state: 'held',
      reason: expect.stringContaining('userType eq "Employee"'),
      attributes: ['active'],
    });
    expect(nextCursor).not.toBeNull();
    await expect(decide(hold.id, 'allowed', [staff[0]!])).rejects.toThrow(NotInHold);
    expect(await decide(hold.id, 'allowed', others.slice(0, 30))).toBe(30);
    await waitFor(() => inactive() === 30, { what: 'the allowed thirty' });
    expect(await decide(hold.id, 'denied', others.slice(30, 40), 'still needed')).toBe(10);
    await waitFor(
      async () => (await rig.items(connection)).filter(({ state }) => state === 'denied').length === 10,
      {
        what: 'the denied ten',
      },
    );
    // The filter is put right: the others leave the change set by themselves.
    await rig.connections.change(rig.tenantId, connection, { scope: {} });
    await waitFor(async () => (await readHold(rig.database, rig.tenantId, hold.id))!.state !== 'open', {
      what: 'the change set to close',
    });
    await quiet();
    expect(inactive()).toBe(0);
    expect((await readHold(rig.database, rig.tenantId, hold.id))!.counts).toMatchObject({
      held: 0,
      done: 30,
    });
    expect(rig.troubles).toEqual([]);
  });

  it('records what it held, once, and what was decided, with who', async () => {
    connection = await rig.connect({
      policy: { guard: { deactivations: { above: 2, abovePercent: 0 } } },
    });
    const people = await employ(8);
    await rig.settled(connection);
    await leave(people.slice(0, 4));
    await quiet();
    const hold = await openHold();
    expect(hold.cause).toMatchObject({ kind: 'event', type: 'user.deactivated', source: 'test' });
    await rig.updateUser(people[0]!, { title: 'changed while held' });
    await quiet();
    await decide(hold.id, 'denied', [people[0]!], 'on leave, not gone');
    await decide(hold.id, 'allowed');
    await quiet();
    expect(inactive()).toBe(3);
    const all = await rig.events.readAll(rig.tenantId, 0, 10_000);
    const about = all.filter(({ streamType }) => streamType === 'connection');
    const types = about.map(({ type }) => type);
    expect(types.filter((type) => type.startsWith('hold'))).toEqual([
      'hold.opened',
      'hold.decided',
      'hold.decided',
      'hold.closed',
    ]);
    expect(about.filter(({ type }) => type === 'hold.decided').map(({ metadata }) => metadata.actor)).toEqual(
      ['admin:test', 'admin:test'],
    );
    const operations = await rig.operations();
    const of = (type: string) => operations.filter((operation) => operation.type === `operation.${type}`);
    expect([of('held').length, of('skipped').length]).toEqual([4, 1]);
    expect(of('skipped')[0]!.payload.reason).toContain('on leave, not gone');
    const done = of('succeeded').filter(({ payload }) => payload.action === 'deactivate');
    const held = of('held').map(({ payload }) => payload.operationId);
    expect(done.every(({ payload }) => held.includes(payload.operationId))).toBe(true);
    expect((await readHold(rig.database, rig.tenantId, hold.id))!.state).toBe('partly-allowed');
    // A denial ends with the next change of the subject.
    await rig.updateUser(people[0]!, { title: 'gone after all' });
    await waitFor(async () => (await openHold()) || inactive() === 4, { what: 'the question to come again' });
  });

  it('lets few through, counts them over restarts and over processes, and never more than the limit', async () => {
    connection = await rig.connect({
      policy: { guard: { deactivations: { above: 5, abovePercent: 0 } }, push: { concurrency: 8 } },
    });
    await rig.startEngine();
    await rig.startEngine();
    const people = await employ(60);
    await rig.settled(connection);
    for (const id of people.slice(0, 5)) {
      await leave([id]);
      await waitFor(async () => (await rig.items(connection)).every(({ state }) => state === 'idle'), {
        what: 'peace',
      });
    }
    expect(inactive()).toBe(5);
    await rig.stopEngines();
    await rig.startEngine();
    await rig.startEngine();
    await leave(people.slice(5, 40));
    await quiet();
    expect(inactive()).toBe(5);
    expect((await openHold()).counts.held).toBe(35);
    expect((await openHold()).threshold.passed).toBe(5);
  });

  it('holds deletes of groups apart from users, and lets somebody who comes back out of the change set', async () => {
    connection = await rig.connect({
      policy: {
        guard: { deletes: { above: 1, abovePercent: 0 }, deactivations: { above: 1, abovePercent: 0 } },
      },
    });
    const people = await employ(4);
    const groups = [
      await rig.createGroup('One'),
      await rig.createGroup('Two'),
      await rig.createGroup('Three'),
    ];
    await rig.settled(connection);
    await rig.record(
      ...groups.map((streamId) => ({
        streamId,
        streamType: 'group',
        events: [{ type: 'group.deleted', payload: {} }],
      })),
    );
    await leave(people.slice(0, 3));
    await quiet();
    expect(rig.target.groups.size).toBe(3);
    const { items } = await listHolds(rig.database, rig.tenantId, { connectionId: connection });
    expect(items.map(({ action, subjectType, counts }) => [action, subjectType, counts.held]).sort()).toEqual(
      [
        ['deactivate', 'user', 3],
        ['delete', 'group', 3],
      ],
    );
    for (const id of people.slice(0, 3)) await rig.user(id, 'user.reactivated');
    await waitFor(
      async () => (await listHolds(rig.database, rig.tenantId, { state: 'withdrawn' })).items.length === 1,
      { what: 'the change set to empty itself' },
    );
    expect(inactive()).toBe(0);
    await decide(items.find(({ action }) => action === 'delete')!.id, 'allowed');
    await waitFor(() => rig.target.groups.size === 0, { what: 'the groups to go' });
  });
});
