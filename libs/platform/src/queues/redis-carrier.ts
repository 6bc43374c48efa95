import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { StartError } from '../start.errors.js';
import type { Carrier } from './carrier.js';

/** BullMQ on Redis. */
export async function openRedisCarrier(url: string, prefix: string): Promise<Carrier> {
  const retryStrategy = (attempt: number) => Math.min(attempt * 100, 2_000);
  // A request that only pokes the workers is told at once when Redis is away; workers wait for it.
  const forQueues = await connect(url, { maxRetriesPerRequest: 1, retryStrategy });
  const forWorkers = await connect(url, { maxRetriesPerRequest: null, retryStrategy });
  return {
    backend: 'redis',
    queueOptions: {
      connection: forQueues,
      prefix,
      streams: { events: { maxLen: 500 } },
      defaultJobOptions: { removeOnComplete: { age: 3_600, count: 1_000 } },
    },
    workerOptions: { connection: forWorkers, prefix },
    createQueue: (name, options) => new Queue(name, options),
    createWorker: (name, processor, options) => new Worker(name, processor, options),
    async queueNames() {
      const found: string[] = [];
      for await (const keys of forQueues.scanStream({ match: `${prefix}:*:meta`, count: 1_000 })) {
        found.push(...(keys as string[]));
      }
      return found.map((key) => key.slice(prefix.length + 1, -':meta'.length)).sort();
    },
    async check() {
      await forQueues.ping();
    },
    async close() {
      forQueues.disconnect();
      forWorkers.disconnect();
    },
  };
}

async function connect(url: string, options: RedisOptions): Promise<Redis> {
  let trouble: Error | undefined;
  const client = new Redis(url, {
    ...options,
    lazyConnect: true,
    connectTimeout: 5_000,
    keepAlive: 10_000,
    retryStrategy: () => null,
  });
  client.on('error', (error: Error) => (trouble = error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    client.disconnect();
    const { host } = new URL(url);
    throw new StartError(
      `Redis at ${host} is not reachable (${(trouble ?? (error as Error)).message}): start it, correct REDIS_URL, or unset REDIS_URL to keep the queues in PostgreSQL`,
    );
  }
  client.options.retryStrategy = options.retryStrategy;
  return client;
}
