import { afterEach, describe, expect, it } from 'vitest';
import { describeOnBothQueues, waitFor } from '../harness/index.js';
import { moments, names, random, seed, users } from './sizes.js';
import { Stage } from './stage.js';

describeOnBothQueues('a load with processes killed in the middle', (startQueueServer) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const each of cleanUp.splice(0).reverse()) await each();
  });

  describe.each([
    { name: 'API and worker in one process', apart: false },
    { name: 'API and worker apart', apart: true },
  ])('$name', ({ apart }) => {
    it(`${users} users arrive once each, at a target that loses answers and throttles (seed ${seed})`, async () => {
      const queue = await startQueueServer();
      cleanUp.push(() => queue.stop());
      const stage = await Stage.open({
        redisUrl: queue.redisUrl,
        apart,
        faults: {
          seed,
          latencyMs: [1, 10],
          loseAnswerEvery: 20,
          throttle: { every: 50, form: 'seconds', seconds: 1 },
          uniqueness: 'off',
        },
      });
      cleanUp.push(() => stage.close());
      const draw = random(seed);

      const load = stage.source.createUsers(names(users));
      const duringLoad = moments(2, users, draw);
      const duringPush = moments(3, users, draw);
      const killing = [
        (async () => {
          for (const acknowledged of duringLoad) {
            await waitFor(() => stage.source.acknowledged.size >= acknowledged, {
              what: `${acknowledged} to be acknowledged`,
              intervalMs: 1,
              timeoutMs: 120_000,
            });
            await stage.hub.crash('api');
          }
        })(),
        (async () => {
          for (const arrived of duringPush) {
            await stage.arrived(arrived);
            await stage.hub.crash('worker');
          }
        })(),
      ];
      await Promise.all([load, ...killing]);

      expect(stage.source.acknowledged.size).toBe(users);
      await stage.settled(users);
      await stage.expectEachOnce();
    }, 280_000);
  });
});
