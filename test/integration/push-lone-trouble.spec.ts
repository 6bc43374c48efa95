import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../harness/index.js';
import { PushRig, userCreated } from './push-rig.js';

let rig: PushRig;
beforeEach(async () => {
  rig = await PushRig.start();
});
afterEach(() => rig.stop());

it('an object that always breaks the connection becomes a dead letter and stops nobody else', async () => {
  rig.target.fault = ({ about, operation }) =>
    about === 'poison@example.com' && operation === 'create'
      ? { kind: 'retry', scope: 'connection', message: 'the connection broke' }
      : undefined;
  await rig.startEngine();
  const connection = await rig.connect({ policy: { push: { attempts: 2 } } });
  const people = Array.from({ length: 30 }, (_, at) => userCreated(randomUUID(), `user${at}@example.com`));
  await rig.record(userCreated(randomUUID(), 'poison@example.com'), ...people);
  await waitFor(async () => (await rig.items(connection)).some(({ state }) => state === 'dead'), {
    what: 'the dead letter',
  });
  await rig.settled(connection);
  expect(rig.target.users.size).toBe(30);
  const attempts = rig.target.made('create').filter(({ about }) => about === 'poison@example.com');
  expect(attempts).toHaveLength(2);
  const { state, failures, notBefore } = await rig.connections.get(rig.tenantId, connection);
  expect({ state, failures, notBefore }).toEqual({ state: 'enabled', failures: 0, notBefore: null });
});
