import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Gate } from '../../libs/provisioning/src/push/gate.js';
import { defaultPolicy } from '../../libs/provisioning/src/plan/policy.js';
import { waitFor } from '../harness/index.js';
import { PushRig } from './push-rig.js';

const { quarantine } = defaultPolicy;
let rig: PushRig;
let connection: string;

beforeEach(async () => {
  rig = await PushRig.start();
  connection = await rig.connect();
});
afterEach(() => rig.stop());

/** As each worker process has one. */
const gate = () =>
  new Gate(
    { database: rig.database, events: rig.events, recorded: () => undefined },
    rig.tenantId,
    connection,
  );
const fail = (one: Gate, times: number) => Array.from({ length: times }, () => one.fault(quarantine)).at(-1);
const kept = () =>
  rig.database.query<{ good: number; faults: number; epoch: number }>(
    'select good, faults, epoch from hub.connection_outcome where connection_id = $1',
    [connection],
  );

it('failures that several processes see are counted together', async () => {
  const processes = [gate(), gate(), gate()];
  for (const one of processes) expect(fail(one, 9)).toBeUndefined();
  await Promise.all(processes.map((one) => one.share()));
  await processes[2]!.share();
  expect(fail(processes[2]!, 1)).toBe('28 of 28 operations within 10 minutes failed at the target');
  await processes[2]!.share();

  const later = gate();
  expect(fail(later, 1)).toBeUndefined();
  await later.share();
  expect(fail(later, 1)).toMatch(/^30 of 30/);
});

it('good answers elsewhere speak for the target', async () => {
  const [failing, other] = [gate(), gate()];
  for (let at = 0; at < 20; at += 1) await other.open(quarantine);
  await other.share();
  expect(fail(failing, 19)).toBeUndefined();
  await failing.share();
  expect(fail(failing, 1)).toBeUndefined();
});

it('nothing is kept of before a change by a person, nor of a connection that is gone', async () => {
  const one = gate();
  fail(one, 5);
  await one.share();
  expect(await kept()).toEqual([{ good: 0, faults: 5, epoch: 0 }]);
  one.learn({ epoch: 1, connectionFailures: 0, alarmed: false } as Parameters<Gate['learn']>[0]);
  fail(one, 2);
  await one.share();
  expect(await kept()).toEqual([{ good: 0, faults: 2, epoch: 1 }]);
  await rig.connections.remove(rig.tenantId, connection);
  fail(one, 2);
  await one.share();
  expect(await kept()).toEqual([]);
});

it('failures of before a recovery that another process has seen count no more', async () => {
  const [finder, other] = [gate(), gate()];
  fail(finder, 10);
  await finder.share();
  fail(other, 9);
  await other.share();
  expect(fail(finder, 10)).toBeDefined();
  await finder.close({ kind: 'failing', message: 'down', afterMs: 0 }, 0);
  await waitFor(() => !finder.isClosed, { what: 'the time of the wait to be over' });
  for (let at = 0; at < 3; at += 1) await finder.open(quarantine);
  await other.share();
  expect(fail(other, 1)).toBeUndefined();
});

it('workers tell each other while they push', async () => {
  await rig.startEngine();
  await rig.startEngine();
  const told = async () => {
    await rig.createUser(`${randomUUID()}@example.com`);
    return (await kept()).some(({ good }) => good > 0);
  };
  await waitFor(told, { what: 'what was seen to be told', intervalMs: 200 });
});
