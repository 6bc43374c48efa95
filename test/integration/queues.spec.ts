import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Queues } from '@rollcall/platform';
import { type Job, UnrecoverableError } from 'bullmq';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  createTestDatabase,
  describeWithRedis,
  recordProcess,
  type RedisServer,
  startRedis,
  type TestDatabase,
  waitFor,
} from '../harness/index.js';

const prefix = 'rollcall-queues-spec';

describe('queues on PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  behaveAsTheHubNeeds('postgres', () => ({ databaseUrl: database.url }));
});

describeWithRedis('queues on Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  behaveAsTheHubNeeds('redis', () => ({ databaseUrl: '', redisUrl: redis.url }));
});

function behaveAsTheHubNeeds(
  backend: 'postgres' | 'redis',
  where: () => { databaseUrl: string; redisUrl?: string },
): void {
  let queues: Queues;
  beforeAll(async () => {
    queues = await Queues.open({ ...where(), prefix });
  });
  afterAll(() => queues.close());

  it('carries a job from a queue to a worker made while it runs', async () => {
    const done: unknown[] = [];
    const job = await queues.queue('carry').add('push', { subjectId: 'one' });
    const worker = queues.worker('carry', async ({ data }: Job) => {
      done.push(data);
    });
    await waitFor(() => job.isCompleted(), { what: 'the job to complete' });
    expect(done).toEqual([{ subjectId: 'one' }]);
    expect(queues.backend).toBe(backend);
    await worker.close();
  });

  it('runs once more after a job that was active when the same came in again, and only once', async () => {
    let started = 0;
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const worker = queues.worker('poke', async () => {
      started++;
      if (started === 1) await held;
    });
    const poke = () =>
      queues.queue('poke').add('poke', {}, { deduplication: { id: 'poke', keepLastIfActive: true } });
    await poke();
    await waitFor(() => started === 1, { what: 'the first run' });
    for (let i = 0; i < 5; i++) await poke();
    release();
    await waitFor(async () => started === 2 && (await queues.queue('poke').getCompletedCount()) === 2, {
      what: 'the second run',
    });
    expect(await queues.queue('poke').getJobCountByTypes('wait', 'active', 'delayed')).toBe(0);
    expect(started).toBe(2);
    await worker.close();
  });

  it('tries a failed job again, and keeps one that cannot be recovered for the eye and for a retry', async () => {
    const attempts: string[] = [];
    let broken = true;
    const worker = queues.worker('fail', async ({ name }: Job) => {
      attempts.push(name);
      if (name === 'passing' && attempts.length < 2) throw new Error('not yet');
      if (name === 'dead' && broken) throw new UnrecoverableError('rejected: mail');
    });
    const passing = await queues.queue('fail').add('passing', {}, { attempts: 3, backoff: 50 });
    await waitFor(() => passing.isCompleted(), { what: 'the second attempt' });
    const dead = await queues.queue('fail').add('dead', {}, { attempts: 3 });
    await waitFor(() => dead.isFailed(), { what: 'the job to fail for good' });
    const [kept] = await queues.queue('fail').getFailed();
    expect(kept?.failedReason).toBe('rejected: mail');
    broken = false;
    await kept?.retry();
    await waitFor(() => dead.isCompleted(), { what: 'the retried job' });
    expect(attempts).toEqual(['passing', 'passing', 'dead', 'dead']);
    await worker.close();
  });

  it('starts a delayed job when its time has come, not before', async () => {
    const startedAt: number[] = [];
    const worker = queues.worker('delay', async () => {
      startedAt.push(Date.now());
    });
    const due = Date.now() + 400;
    await queues.queue('delay').add('later', {}, { delay: 400 });
    await waitFor(() => startedAt.length === 1, { what: 'the delayed job' });
    expect(startedAt[0]).toBeGreaterThanOrEqual(due);
    await worker.close();
  });

  it('gives the job of a killed worker to another within seconds', async () => {
    const job = await queues.queue('killed').add('push', {});
    const url = where().redisUrl ?? where().databaseUrl;
    const script = fileURLToPath(new URL('killed-worker.mjs', import.meta.url));
    const child = spawn(
      process.execPath,
      [script, JSON.stringify({ backend, url, prefix, queue: 'killed' })],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const forget = await recordProcess(inject('runFolder'), child.pid!);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    forget();
    const worker = queues.worker('killed', async () => undefined);
    await waitFor(() => job.isCompleted(), { what: 'the job to be taken up again' });
    await worker.close();
  });

  it('removes a queue with its jobs', async () => {
    await queues.queue('gone').add('push', {});
    await waitFor(async () => (await queues.names()).includes('gone'), { what: 'the queue to be listed' });
    await queues.removeQueue('gone');
    expect(await queues.names()).not.toContain('gone');
    expect(await queues.queue('gone').count()).toBe(0);
  });
}
