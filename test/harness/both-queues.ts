import { describe } from 'vitest';
import { describeWithRedis, startRedis } from './redis.js';

/** What a backend for the queues is to a hub: REDIS_URL, or nothing; and how to end it. */
export interface QueueServer {
  redisUrl?: string;
  stop(): Promise<void>;
}

/** The same tests twice: queues in Postgres, queues in a Redis of their own. */
export function describeOnBothQueues(
  name: string,
  tests: (startQueueServer: () => Promise<QueueServer>) => void,
): void {
  describe(`${name}, queues in Postgres`, () => tests(async () => ({ stop: async () => undefined })));
  describeWithRedis(`${name}, queues in Redis`, () =>
    tests(async () => {
      const redis = await startRedis();
      return { redisUrl: redis.url, stop: () => redis.stop() };
    }),
  );
}
