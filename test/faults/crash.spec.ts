import { describe, expect, it } from 'vitest';
import { describeOnBothQueues, waitFor } from '../harness/index.js';
import { moments, names, random, seed, users } from './sizes.js';
import { Stage } from './stage.js';

// Mostly they wait, for restarts and for the target: so all at once.
describe.concurrent('crashes', () => {
  describeOnBothQueues('a load with processes killed in the middle', (startQueueServer) => {
    it.for([
      { name: 'API and worker in one process', apart: false },
      { name: 'API and worker apart', apart: true },
    ])(
      `${users} users arrive once each, at a target that loses answers and throttles (seed ${seed}), $name`,
      { timeout: 120_000 + users * 400 },
      async ({ apart }, { onTestFinished }) => {
        const queue = await startQueueServer();
        onTestFinished(() => queue.stop());
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
        onTestFinished(() => stage.close());
        const draw = random(seed);

        const load = stage.source.createUsers(names(users));
        const duringLoad = moments(Math.ceil(users / 500), users, draw);
        const duringPush = moments(Math.ceil(users / 150), users, draw);
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
      },
    );
  });
});
