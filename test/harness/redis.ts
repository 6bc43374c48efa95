import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@rollcall/platform';
import { Redis } from 'ioredis';
import { describe, inject } from 'vitest';
import { recordProcess } from './run-folder.js';
import { waitFor } from './wait-for.js';

export interface RedisServer {
  url: string;
  port: number;
  flush(): Promise<void>;
  /** Ends it at once, as a crash would. start() brings it back on the same port, with what it had saved. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * describe() for tests on a real Redis. Where no redis-server is installed they are skipped by name; under
 * CI=true they run, and fail.
 */
export function describeWithRedis(name: string, tests: () => void): void {
  const installed = spawnSync('redis-server', ['--version']).status === 0;
  if (installed || process.env.CI === 'true') describe(name, tests);
  else
    describe.skip(`${name} (needs redis-server: apt-get install redis-server, or brew install redis)`, tests);
}

/** A redis-server of the caller's own, on a free port, in a temporary folder. */
export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(join(inject('runFolder'), 'redis-'));
  const port = await freePort();
  let running = await launch(port, folder);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    async flush() {
      await withClient(port, (client) => client.flushall());
    },
    async kill() {
      await running.end('SIGKILL');
    },
    async start() {
      running = await launch(port, folder);
    },
    async stop() {
      await running.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(port: number, folder: string) {
  const flags = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'yes',
    'maxmemory-policy': 'noeviction',
  };
  const child = spawn(
    'redis-server',
    Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const forget = await recordProcess(inject('runFolder'), child.pid!);
  await waitFor(() => withClient(port, (client) => client.ping()).catch(() => undefined), {
    what: `redis-server on port ${port} to answer`,
  });
  return {
    async end(signal: NodeJS.Signals) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await ended;
      }
      forget();
    },
  };
}

async function withClient<T>(port: number, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}
