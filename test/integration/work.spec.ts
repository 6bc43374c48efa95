import { randomUUID } from 'node:crypto';
import { listDeadLetters, retry } from '@rollcall/provisioning';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  describeOnBothQueues,
  describeWithRedis,
  type QueueServer,
  startRedis,
  waitFor,
} from '../harness/index.js';
import { PushRig, userCreated } from './push-rig.js';

describeOnBothQueues('dead letters', (startQueueServer) => {
  let server: QueueServer;
  let rig: PushRig;
  let connection: string;
  let refused: boolean;

  beforeEach(async () => {
    server = await startQueueServer();
    rig = await PushRig.start(server);
    refused = true;
    rig.target.fault = ({ operation }) =>
      refused && operation !== 'find'
        ? {
            kind: 'rejected',
            code: 'invalidValue',
            attribute: 'title',
            message: 'ada@example.com has a wrong title',
            remedy: 'Give a shorter title.',
          }
        : undefined;
    await rig.startEngine();
    connection = await rig.connect();
  });
  afterEach(async () => {
    await rig.stop();
    await server.stop();
  });

  const failedJob = () =>
    waitFor(async () => (await rig.queues.queue(`push-${connection}`).getJobs(['failed']))[0], {
      what: 'a failed job in the queue',
    });
  const arrived = () => waitFor(() => rig.target.userNamed('ada@example.com'), { what: 'Ada at the target' });

  it('shows them in the queue without personal data, and in the list with what to do', async () => {
    const ada = await rig.createUser('ada@example.com');
    const job = await failedJob();
    expect(job.data).toEqual({
      tenantId: rig.tenantId,
      connectionId: connection,
      subjectType: 'user',
      subjectId: ada,
    });
    expect(job.failedReason).toContain('invalidValue');
    expect(JSON.stringify(job)).not.toContain('ada@example.com');
    const { items } = await listDeadLetters(rig.database, rig.tenantId, connection);
    expect(items).toEqual([
      {
        subject: { type: 'user', id: ada, display: 'ada@example.com' },
        attempts: 1,
        at: expect.any(Date),
        error: expect.objectContaining({
          code: 'invalidValue',
          attribute: 'title',
          remedy: 'Give a shorter title.',
        }),
      },
    ]);
    expect(rig.target.made('create')).toHaveLength(1);
  });

  it('tries one again when its job is retried in the queue', async () => {
    await rig.createUser('ada@example.com');
    const job = await failedJob();
    refused = false;
    await job.retry();
    await arrived();
    await rig.settled(connection);
    expect(await rig.queues.queue(`push-${connection}`).getJobCounts('failed')).toEqual({ failed: 0 });
  });

  it('tries one again when asked to, and its failed job goes', async () => {
    const ada = await rig.createUser('ada@example.com');
    await failedJob();
    refused = false;
    expect(await retry(rig.database, rig.queues, rig.tenantId, connection, [randomUUID()])).toBe(0);
    expect(await retry(rig.database, rig.queues, rig.tenantId, connection, [ada])).toBe(1);
    await arrived();
    await rig.settled(connection);
    expect(await rig.queues.queue(`push-${connection}`).getJobCounts('failed')).toEqual({ failed: 0 });
  });

  it('tries one again by itself when something changes', async () => {
    const ada = await rig.createUser('ada@example.com');
    await failedJob();
    refused = false;
    await rig.updateUser(ada, { title: 'Countess' });
    await arrived();
    await rig.settled(connection);
    expect((await rig.items(connection)).map(({ state }) => state)).toEqual(['idle']);
    expect(await rig.queues.queue(`push-${connection}`).getJobCounts('failed')).toEqual({ failed: 0 });
  });

  it('gives up after as many attempts as the policy says', async () => {
    await rig.connections.change(rig.tenantId, connection, { policy: { push: { attempts: 2 } } });
    rig.target.fault = ({ operation }) =>
      operation === 'create' ? { kind: 'retry', scope: 'object', message: 'busy' } : undefined;
    await rig.createUser('ada@example.com');
    await failedJob();
    expect(rig.target.made('create')).toHaveLength(2);
    expect((await rig.operations()).map(({ type }) => type)).toEqual([
      'operation.retrying',
      'operation.failed',
    ]);
  });
});

describeWithRedis('a flushed Redis', () => {
  it('loses nothing: what was handed out is handed out again, and dead letters show again', async () => {
    const redis = await startRedis();
    const rig = await PushRig.start({ redisUrl: redis.url });
    try {
      rig.target.latencyMs = 20;
      rig.target.fault = ({ operation, about }) =>
        operation === 'create' && about.startsWith('bad')
          ? { kind: 'rejected', code: 'invalidValue', message: 'no' }
          : undefined;
      await rig.startEngine();
      const connection = await rig.connect();
      const bad = await rig.createUser('bad@example.com');
      await waitFor(async () => (await rig.items(connection)).some(({ state }) => state === 'dead'), {
        what: 'a dead letter',
      });
      await rig.record(
        ...Array.from({ length: 300 }, (_, at) => userCreated(randomUUID(), `user${at}@example.com`)),
      );
      await waitFor(() => rig.target.users.size > 30, { what: 'the first accounts' });
      await redis.flush();
      await rig.settled(connection, 60_000);
      expect(rig.target.users.size).toBe(300);
      expect(rig.target.made('create').length).toBe(301);
      const queue = rig.queues.queue(`push-${connection}`);
      const job = await waitFor(async () => (await queue.getJobs(['failed']))[0], {
        what: 'the dead letter to show again',
      });
      expect(job.data.subjectId).toBe(bad);
      rig.target.fault = () => undefined;
      await job.retry();
      await waitFor(() => rig.target.userNamed('bad@example.com'), {
        what: 'the dead letter to be tried again',
      });
    } finally {
      await rig.stop();
      await redis.stop();
    }
  });
});

describe('work of a process that died', () => {
  it('is done by another as soon as the dead one is missed, which looks before it makes anything', async () => {
    const rig = await PushRig.start();
    const dying = new pg.Client({ connectionString: rig.url });
    try {
      await rig.startEngine();
      const connection = await rig.connect({ policy: { push: { concurrency: 1 } } });
      await dying.connect();
      await dying.query('select pg_advisory_lock($1::int, $2::int)', [0x0726, 4711]);
      const ada = await rig.createUser('ada@example.com');
      const bob = await rig.createUser('bob@example.com');
      await rig.settled(connection);
      // As processes leave things that were killed between the call and its record: one lives on, one does not.
      await rig.database.query('delete from hub.target_object');
      await rig.database.query(
        `update hub.work_item set state = 'due', handed_until = now(),
           lease_owner = case subject_id when $1 then 4711 else 4712 end`,
        [ada],
      );
      await rig.updateUser(ada, { title: 'Countess' });
      await rig.updateUser(bob, { title: 'Baker' });
      await waitFor(() => rig.target.userNamed('bob@example.com')!.attributes.title === 'Baker', {
        what: 'the work of the dead process to be taken over',
      });
      expect(rig.target.userNamed('ada@example.com')!.attributes.title).toBeUndefined();
      await dying.end();
      await waitFor(() => rig.target.userNamed('ada@example.com')!.attributes.title === 'Countess', {
        what: 'Ada to be adopted',
      });
      expect(rig.target.users.size).toBe(2);
      expect((await rig.operations()).at(-1)!.payload.action).toBe('adopt');
    } finally {
      await dying.end().catch(() => undefined);
      await rig.stop();
    }
  });
});
