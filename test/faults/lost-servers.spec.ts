import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { EmbeddedPostgres } from '@rollcall/platform';
import { describe, expect, inject, it } from 'vitest';
import { findPostmaster } from '../../libs/platform/src/embedded-postgres/postmaster.js';
import {
  describeOnBothQueues,
  describeWithRedis,
  recordProcess,
  startRedis,
  waitFor,
} from '../harness/index.js';
import { moments, names, random, seed, users } from './sizes.js';
import { Stage } from './stage.js';

const changes = 5;

/** Creates everybody and changes some of them several times meanwhile; what they end with is their last title. */
async function loadAndChange(stage: Stage): Promise<void> {
  const all = names(users);
  const changed = all.splice(0, 10);
  await Promise.all([
    stage.source.createUsers(all, 22),
    ...changed.map(async (userName) => {
      let id = await stage.source.createUser(userName, { title: '0' });
      id ||= await stage.source.idOf(userName);
      for (let title = 1; title <= changes; title += 1) {
        await stage.source.patch('Users', id, { op: 'replace', path: 'title', value: String(title) });
      }
    }),
  ]);
}

async function expectEachOnceAndLast(stage: Stage): Promise<void> {
  await stage.settled(users);
  const { accounts } = await stage.expectEachOnce();
  const titles = accounts
    .map(({ title }) => title as string | undefined)
    .filter((title) => title !== undefined);
  expect(titles).toEqual(Array.from({ length: 10 }, () => String(changes)));
}

// Mostly they wait, for servers and for the target: so all at once.
describe.concurrent('lost servers', () => {
  describeWithRedis('a load while Redis loses everything', () => {
    it(
      'arrives once each',
      async ({ onTestFinished }) => {
        const redis = await startRedis();
        onTestFinished(() => redis.stop());
        const stage = await Stage.open({
          redisUrl: redis.url,
          faults: { latencyMs: [5, 20], loseAnswerEvery: 50, seed, uniqueness: 'off' },
        });
        onTestFinished(() => stage.close());
        const load = loadAndChange(stage);
        for (const arrived of moments(3, users, random(seed))) {
          await stage.arrived(arrived);
          await redis.flush();
        }
        await load;
        await expectEachOnceAndLast(stage);
      },
      120_000 + users * 200,
    );

    it(
      'arrives once each when Redis is away for a while, and the source is served meanwhile',
      async ({ onTestFinished }) => {
        const redis = await startRedis();
        onTestFinished(() => redis.stop());
        const stage = await Stage.open({
          redisUrl: redis.url,
          faults: { latencyMs: [5, 20], uniqueness: 'off' },
        });
        onTestFinished(() => stage.close());
        const load = loadAndChange(stage);
        await stage.arrived(users / 4);
        await redis.kill();
        await load;
        await redis.start();
        await expectEachOnceAndLast(stage);
      },
      120_000 + users * 200,
    );
  });

  describeOnBothQueues('a load while Postgres is stopped at once and started again', (startQueueServer) => {
    it(
      'arrives once each',
      async ({ onTestFinished }) => {
        const queue = await startQueueServer();
        onTestFinished(() => queue.stop());
        const folder = await mkdtemp(join(inject('runFolder'), 'postgres-'));
        const start = async () => {
          const postgres = await EmbeddedPostgres.start({ folder, detached: false });
          const forget = await recordProcess(inject('runFolder'), postgres.pid);
          return { postgres, forget };
        };
        let running = await start();
        onTestFinished(() => running.postgres.stop());
        const stage = await Stage.open({
          databaseUrl: running.postgres.url,
          redisUrl: queue.redisUrl,
          faults: { latencyMs: [5, 20], loseAnswerEvery: 50, seed, uniqueness: 'off' },
        });
        onTestFinished(() => stage.close());
        const load = loadAndChange(stage);
        for (const arrived of moments(2, users, random(seed))) {
          await stage.arrived(arrived);
          process.kill(running.postgres.pid, 'SIGQUIT');
          await waitFor(async () => !(await findPostmaster(join(folder, 'postgres'))), {
            what: 'Postgres to be gone',
          });
          running.forget();
          running = await start();
        }
        await load;
        await expectEachOnceAndLast(stage);
      },
      120_000 + users * 200,
    );
  });

  describe('a target that is away for a while', () => {
    it(
      'is not stormed, and gets everything once it is back',
      async ({ onTestFinished }) => {
        const stage = await Stage.open({ faults: { latencyMs: [5, 20], uniqueness: 'off' } });
        onTestFinished(() => stage.close());
        const load = loadAndChange(stage);
        await stage.arrived(users / 4);
        await stage.target.goDown();
        const door = await countKnocks(Number(new URL(stage.target.baseUrl).port));
        onTestFinished(() => door.close());
        await load;
        await waitFor(async () => (await stage.progress()).phase === 'waiting', { what: 'the pause' });
        // The waits double from a second: the fourth knock of a pause is more than five seconds after its first.
        const pausedAt = Date.now();
        const before = door.knocks();
        await waitFor(() => door.knocks() >= before + 3, {
          what: 'the target to be tried again',
          timeoutMs: 40_000,
        });
        expect(Date.now() - pausedAt).toBeGreaterThan(2_500);
        expect(door.knocks()).toBeLessThan(40);
        await door.close();
        await stage.target.comeBack();
        await expectEachOnceAndLast(stage);
      },
      120_000 + users * 200,
    );
  });
});

/** Takes connections on a port, and ends each at once. */
async function countKnocks(port: number) {
  let knocks = 0;
  const server = createServer((socket) => {
    knocks += 1;
    socket.destroy();
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    knocks: () => knocks,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}
