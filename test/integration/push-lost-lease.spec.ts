import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../harness/index.js';
import { PushRig } from './push-rig.js';

let rig: PushRig;
beforeEach(async () => {
  rig = await PushRig.start();
});
afterEach(() => rig.stop());

it('a process that loses its session in the middle of a call knows its own account again, and says so', async () => {
  await rig.startEngine();
  const connection = await rig.connect();
  rig.target.latencyMs = 500;
  await rig.createUser('ada@example.com');
  await waitFor(() => rig.target.made('create').length === 1, { what: 'the call' });
  await rig.database.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 1830 and objsubid = 2
       and database = (select oid from pg_database where datname = current_database())`,
  );
  await waitFor(() => rig.target.users.size === 1, { what: 'the account' });
  rig.target.latencyMs = 0;
  await rig.settled(connection, 40_000);
  expect(rig.target.users.size).toBe(1);
  expect(rig.target.made('create')).toHaveLength(1);
  const operations = await rig.operations();
  expect(operations.map(({ type, payload }) => [type, payload.action])).toEqual([
    ['operation.succeeded', 'create'],
  ]);
  const [object] = await rig.database.query<{ origin: string }>('select origin from hub.target_object');
  expect(object!.origin).toBe('created');
});
