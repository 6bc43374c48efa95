import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { recordProcess } from './run-folder.js';
import { waitFor } from './wait-for.js';

const program = fileURLToPath(new URL('../../dist/apps/hub/src/main.js', import.meta.url));

export interface HubOptions {
  databaseUrl: string;
  /** Unset: queues on Postgres. */
  redisUrl?: string;
  /** As HUB_ROLES. */
  roles?: 'api,worker' | 'api' | 'worker';
  /** Processes on one database have their keys in common. */
  keys?: HubKeys;
  environment?: Record<string, string>;
}

export interface HubKeys {
  adminKey: string;
  masterKey: string;
}

export interface StartedHub {
  /** Such as http://127.0.0.1:41234. */
  url: string;
  keys: HubKeys;
  /** What it has written so far, both streams. */
  output(): string;
  /** Calls the admin REST API; `key` is the hub's own unless another is given. Throws when refused. */
  admin<T = unknown>(method: string, path: string, body?: unknown, key?: string): Promise<T>;
  signal(signal: NodeJS.Signals): void;
  /** In good order; throws when it did not end with code 0. */
  stop(): Promise<void>;
  /** At once, as a crash would. */
  kill(): Promise<void>;
}

/** The compiled hub as a process of its own, on a free port, when it is ready. */
export async function startHub(options: HubOptions): Promise<StartedHub> {
  const keys = options.keys ?? newHubKeys();
  const folder = await mkdtemp(join(inject('runFolder'), 'hub-'));
  const child = spawn(process.execPath, ['--enable-source-maps', program], {
    env: {
      PATH: process.env.PATH,
      HUB_PORT: '0',
      HUB_DATA_DIR: folder,
      HUB_ROLES: options.roles ?? 'api,worker',
      HUB_ADMIN_KEY: keys.adminKey,
      HUB_MASTER_KEY: keys.masterKey,
      DATABASE_URL: options.databaseUrl,
      ...(options.redisUrl && { REDIS_URL: options.redisUrl }),
      ...options.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const forget = await recordProcess(inject('runFolder'), child.pid!);
  const over = () => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals) => {
    if (!over()) {
      child.kill(signal);
      await ended;
    }
    forget();
    await rm(folder, { recursive: true, force: true });
  };

  try {
    const url = await waitFor(
      () => {
        if (over()) throw new Error(`The hub ended at its start:\n${output}`);
        return /^ +(?:Console|Health) +(http:\/\/[^/\s]+)/m.exec(output)?.[1];
      },
      { what: 'the hub to print its banner', timeoutMs: 60_000 },
    );
    return {
      url,
      keys,
      output: () => output,
      admin: (method, path, body, key = keys.adminKey) => admin(url, key, method, path, body),
      signal: (signal) => void child.kill(signal),
      async stop() {
        await end('SIGTERM');
        if (child.exitCode !== 0) {
          throw new Error(`The hub ended with ${child.exitCode ?? child.signalCode}:\n${output}`);
        }
      },
      kill: () => end('SIGKILL'),
    };
  } catch (error) {
    await end('SIGKILL');
    throw new Error(`${(error as Error).message}\n${output}`, { cause: error });
  }
}

export function newHubKeys(): HubKeys {
  return { adminKey: randomBytes(24).toString('hex'), masterKey: randomBytes(32).toString('base64') };
}

async function admin<T>(url: string, key: string, method: string, path: string, body: unknown): Promise<T> {
  const response = await fetch(`${url}/api/v1/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /api/v1/${path} answered ${response.status}: ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}
