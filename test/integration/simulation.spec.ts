import { type Simulation, Simulations } from '@rollcall/provisioning';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PushRig } from './push-rig.js';

describe('a simulation', () => {
  let rig: PushRig;
  let simulations: Simulations;
  beforeAll(async () => {
    rig = await PushRig.start();
    await rig.startEngine();
    simulations = new Simulations(rig.database, rig.queues);
    const people = [];
    for (let at = 0; at < 30; at += 1) {
      people.push(
        await rig.createUser(`s${at}@example.com`, {
          userType: at % 3 === 0 ? 'Guest' : 'Employee',
          title: at % 2 === 0 ? 'Clerk' : 'Cook',
        }),
      );
    }
    await rig.createGroup('Crew', people.slice(0, 10));
    await rig.createGroup('Empty');
  });
  afterAll(() => rig?.stop());

  const simulate = async (connection: string, draft: object): Promise<Simulation> => {
    const { id } = await simulations.create(rig.tenantId, connection, draft, 'test');
    await rig.simulate(id);
    return (await simulations.get(rig.tenantId, connection, id))!;
  };
  const firstOperations = async (connection: string) => {
    const counts: Record<string, Record<string, number>> = { user: {}, group: {} };
    const seen = new Set<unknown>();
    for (const { type, payload } of await rig.operations()) {
      if (
        payload.connectionId !== connection ||
        type !== 'operation.succeeded' ||
        seen.has(payload.subjectId)
      )
        continue;
      seen.add(payload.subjectId);
      const action = String(payload.action);
      const ofType = counts[String(payload.subjectType)]!;
      ofType[action] = (ofType[action] ?? 0) + 1;
    }
    return counts;
  };
  const done = ({ user, group }: { user: Record<string, number>; group: Record<string, number> }) => {
    const without = ({ none: _none, ...rest }: Record<string, number>) => rest;
    return { user: without(user), group: without(group) };
  };

  it('counts what a first run and then a change really do, and makes no call', async () => {
    const draft = { scope: { users: { rule: 'userType eq "Employee"' }, groups: {} } };
    const connection = await rig.connect({ name: 'Simulated', enable: false, ...draft });
    rig.target.calls.length = 0;
    const first = await simulate(connection, {});
    expect(rig.target.calls).toEqual([]);
    expect(first).toMatchObject({ state: 'done', total: 32, done: 32 });
    expect(first.result.draft).toMatchObject({ user: { create: 20, none: 10 }, group: { create: 2 } });
    expect(first.result.differ).toEqual({ user: 0, group: 0 });
    await rig.connections.enable(rig.tenantId, connection);
    await rig.settled(connection);
    expect(await firstOperations(connection)).toEqual(done(first.result.draft));
    const members = [...rig.target.groups.values()].reduce((sum, group) => sum + group.members.size, 0);
    expect(first.result.memberships).toEqual({ add: members, remove: 0 });

    const next = {
      scope: { users: { rule: 'userType eq "Employee" and title eq "Clerk"' }, groups: {} },
      policy: {
        guard: { deactivations: { enabled: true, above: 5, abovePercent: 10, withinMinutes: 60 } },
      },
    };
    const second = await simulate(connection, next);
    const leaving = second.result.draft.user.deactivate!;
    expect(second.result).toMatchObject({
      transitions: { user: { 'none > deactivate': leaving } },
      reasons: { user: { deactivate: { 'out-of-scope': leaving } } },
      wouldBeHeld: [{ action: 'deactivate', subjectType: 'user', count: leaving, live: 20, above: 5 }],
    });
    const { items } = await simulations.subjects(rig.tenantId, second.id, { draft: 'deactivate', limit: 3 });
    expect(items[0]).toMatchObject({
      differs: true,
      live: 'none',
      reason: expect.stringContaining('title eq "Clerk"'),
      changes: [{ attribute: 'active', from: true, to: false }],
    });
    await rig.connections.change(rig.tenantId, connection, {
      ...next,
      policy: { guard: { deactivations: { enabled: false } } },
    });
    await rig.settled(connection);
    const inactive = [...rig.target.users.values()].filter(({ attributes }) => attributes.active === false);
    expect(inactive).toHaveLength(leaving);
  });

  it('goes on where a killed process stopped, is taken by one process, and ends when cancelled', async () => {
    const connection = await rig.connect({ name: 'Resumed', enable: false });
    const whole = await simulate(connection, {});
    const { id } = await simulations.create(rig.tenantId, connection, {}, 'test');
    const rows = await rig.database.query<{ id: string }>(
      `select subject_id as id from hub.simulation_subject where simulation_id = $1 order by subject_id limit 7`,
      [whole.id],
    );
    // What a process leaves behind that was killed after seven: here those come to nothing.
    await rig.database.query(
      `update hub.simulation set state = 'running', reached = $2, done = 7, beat_at = now() where id = $1`,
      [id, rows.at(-1)!.id],
    );
    await rig.simulate(id);
    expect((await simulations.get(rig.tenantId, connection, id))!.state).toBe('running');
    await rig.database.query(
      `update hub.simulation set beat_at = now() - interval '1 minute' where id = $1`,
      [id],
    );
    await rig.simulate(id);
    const resumed = (await simulations.get(rig.tenantId, connection, id))!;
    expect(resumed).toMatchObject({ state: 'done', done: 32 });
    const [{ count } = { count: 0 }] = await rig.database.query<{ count: number }>(
      'select count(*)::int as count from hub.simulation_subject where simulation_id = $1',
      [id],
    );
    expect(count).toBe(25);

    const cancelled = await simulations.create(rig.tenantId, connection, {}, 'test');
    expect(await simulations.cancel(rig.tenantId, connection, cancelled.id)).toBe('cancelled');
    await rig.simulate(cancelled.id);
    expect((await simulations.get(rig.tenantId, connection, cancelled.id))!).toMatchObject({
      state: 'cancelled',
      done: 0,
    });
  });
});
