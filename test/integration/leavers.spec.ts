import { cancelStep, listSteps, restoreStep, StepNotAsked, StepNotFound } from '@rollcall/provisioning';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../harness/index.js';
import { PushRig } from './push-rig.js';

describe('leavers', () => {
  let rig: PushRig;
  let connection: string;
  beforeEach(async () => {
    rig = await PushRig.start();
    await rig.startEngine();
  });
  afterEach(() => rig.stop());

  const parts = () => ({ database: rig.database, events: rig.events, queues: rig.queues });
  const steps = async () => (await listSteps(rig.database, rig.tenantId, { connectionId: connection })).items;
  const account = (userName: string) => rig.target.userNamed(userName)?.attributes.active;
  /** As if so many hours had gone by since everybody left. */
  const pass = async (hours: number) => {
    await rig.database.query(
      `update hub.target_object set leaving_since = leaving_since - $1 * interval '1 hour'`,
      [hours],
    );
    await rig.database.query(
      `update hub.work_item set due_at = due_at - $1 * interval '1 hour' where state = 'due' and due_at > now()`,
      [hours],
    );
  };

  it('are never deleted unless the policy says so', async () => {
    connection = await rig.connect();
    const ada = await rig.createUser('ada@example.com');
    await rig.settled(connection);
    await rig.user(ada, 'user.deleted');
    await waitFor(() => account('ada@example.com') === false, { what: 'Ada to lose access' });
    await rig.settled(connection);
    expect(await steps()).toEqual([]);
  });

  it('lose access at once and the account after the grace time, which is seen before', async () => {
    connection = await rig.connect({
      policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 48 } },
    });
    const ada = await rig.createUser('ada@example.com');
    await rig.settled(connection);
    await rig.user(ada, 'user.deleted');
    await waitFor(() => account('ada@example.com') === false, { what: 'Ada to lose access' });
    await rig.settled(connection);
    const [step] = await steps();
    expect(step).toMatchObject({
      user: { id: ada },
      action: 'delete',
      because: 'deleted-at-source',
      state: 'scheduled',
      cancelled: null,
    });
    const inHours = (step!.at.getTime() - Date.now()) / 3_600_000;
    expect(inHours).toBeGreaterThan(47.9);
    expect(inHours).toBeLessThanOrEqual(48);
    await pass(48);
    await waitFor(() => rig.target.users.size === 0, { what: 'the account to go' });
    await rig.settled(connection);
    expect(await steps()).toEqual([]);
  });

  it('keep an account whose deletion is cancelled, until that is taken back', async () => {
    connection = await rig.connect({
      scope: { rule: 'userType eq "Employee"' },
      policy: { users: { onOutOfScope: 'delete', deleteAfterHours: 48 } },
    });
    const ada = await rig.createUser('ada@example.com', { userType: 'Employee' });
    await rig.settled(connection);
    await rig.updateUser(ada, { userType: 'Contractor' });
    await waitFor(async () => (await steps()).length === 1, { what: 'the step' });
    await rig.settled(connection);
    const step = { connectionId: connection, userId: ada };
    await cancelStep(parts(), rig.tenantId, step, { note: 'her mail is needed', actor: 'admin:test' });
    await expect(cancelStep(parts(), rig.tenantId, step, { actor: 'admin:test' })).rejects.toThrow(
      StepNotAsked,
    );
    expect((await steps())[0]).toMatchObject({
      state: 'cancelled',
      because: 'out-of-scope',
      cancelled: { by: 'admin:test', note: 'her mail is needed' },
    });
    await pass(100);
    await rig.updateUser(ada, { title: 'looked at again' });
    await rig.settled(connection);
    expect(account('ada@example.com')).toBe(false);

    await restoreStep(parts(), rig.tenantId, step, 'admin:test');
    await rig.settled(connection);
    expect(account('ada@example.com')).toBe(false);
    const [again] = await steps();
    expect(again!.state).toBe('scheduled');
    expect(again!.at.getTime() - Date.now()).toBeGreaterThan(47 * 3_600_000);
    await pass(48);
    await waitFor(() => rig.target.users.size === 0, { what: 'the account to go' });
    await rig.settled(connection);
    const told = (await rig.events.readAll(rig.tenantId, 0, 1_000)).filter(({ type }) =>
      type.startsWith('step.'),
    );
    expect(told.map(({ type, metadata }) => [type, metadata.actor])).toEqual([
      ['step.cancelled', 'admin:test'],
      ['step.restored', 'admin:test'],
    ]);
    await expect(cancelStep(parts(), rig.tenantId, step, { actor: 'admin:test' })).rejects.toThrow(
      StepNotFound,
    );
  });

  it('who are hired again within the grace time get their account back, and nothing is planned any more', async () => {
    connection = await rig.connect({
      policy: { users: { onDeletedAtSource: 'delete', deleteAfterHours: 48 } },
    });
    const ada = await rig.createUser('ada@example.com');
    await rig.settled(connection);
    const there = rig.target.userNamed('ada@example.com')!.id;
    await rig.user(ada, 'user.deleted');
    await waitFor(async () => (await steps()).length === 1, { what: 'the step' });
    await rig.settled(connection);
    await cancelStep(
      parts(),
      rig.tenantId,
      { connectionId: connection, userId: ada },
      { actor: 'admin:test' },
    );
    await rig.settled(connection);
    await rig.createUser('ada@example.com');
    await waitFor(() => account('ada@example.com') === true, { what: 'Ada to be back' });
    await rig.settled(connection);
    expect(rig.target.userNamed('ada@example.com')!.id).toBe(there);
    expect(await steps()).toEqual([]);
    const [row] = await rig.database.query<{ kept: unknown }>(
      'select kept from hub.target_object where subject_id = $1',
      [ada],
    );
    expect(row!.kept).toBeNull();
  });

  it('whose deletions come all at once are held', async () => {
    connection = await rig.connect({
      policy: {
        users: { onDeletedAtSource: 'delete', deleteAfterHours: 48 },
        guard: { deletes: { above: 2, abovePercent: 10 } },
      },
    });
    const people = [];
    for (let at = 0; at < 5; at += 1) people.push(await rig.createUser(`user${at}@example.com`));
    await rig.settled(connection);
    for (const id of people.slice(0, 4)) await rig.user(id, 'user.deleted');
    await waitFor(async () => (await steps()).length === 4, { what: 'the steps' });
    await rig.settled(connection);
    await pass(48);
    await waitFor(async () => (await steps()).every(({ state }) => state === 'held'), {
      what: 'all to be held',
    });
    expect(rig.target.users.size).toBe(5);
    // One of them is to stay: it leaves the change set by itself.
    await cancelStep(
      parts(),
      rig.tenantId,
      { connectionId: connection, userId: people[0]! },
      { actor: 'admin:test' },
    );
    await waitFor(
      async () => (await rig.items(connection)).filter(({ state }) => state === 'held').length === 3,
      { what: 'one to leave' },
    );
  });
});
