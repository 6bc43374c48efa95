import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { recordProcess } from '../../harness/index.js';

type Json = Record<string, any>;

export interface Scimmy {
  baseUrl: string;
  token: string;
  users(): Json[];
  groups(): Json[];
  /** User names, or names of groups, in the order they were made. */
  made(kind: 'users' | 'groups'): string[];
  /** Ends it at once, as a crash would. start() brings it back on the same port, with what it had answered. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('scimmy-server.mjs', import.meta.url));

/** A SCIM app on scimmy, somebody else's server, as a process of its own. */
export async function startScimmy(): Promise<Scimmy> {
  const folder = await mkdtemp(join(inject('runFolder'), 'scimmy-'));
  const file = join(folder, 'written.jsonl');
  const token = 'scimmy-token-4711';
  const launch = async (port: number) => {
    const child = fork(program, [file, String(port), token], { execArgv: [] });
    const forget = await recordProcess(inject('runFolder'), child.pid!);
    const ended = once(child, 'exit').then(forget);
    const [told] = (await Promise.race([
      once(child, 'message'),
      ended.then(() => Promise.reject(new Error('scimmy ended before it listened'))),
    ])) as [{ port: number }];
    return {
      port: told.port,
      async kill() {
        child.kill('SIGKILL');
        await ended;
      },
    };
  };
  let running = await launch(0);
  const { port } = running;
  const lines = (): Json[] => {
    let text = '';
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Json);
  };
  const now = (wanted: 'users' | 'groups') => {
    const left = new Map<string, Json>();
    for (const { kind, id, resource } of lines()) {
      if (kind !== wanted) continue;
      if (resource) left.set(id, resource);
      else left.delete(id);
    }
    return [...left.values()];
  };
  return {
    baseUrl: `http://127.0.0.1:${port}/scim/v2`,
    token,
    users: () => now('users'),
    groups: () => now('groups'),
    made: (wanted) =>
      lines()
        .filter(({ kind, made }) => kind === wanted && made)
        .map(({ resource }) => resource.userName ?? resource.displayName),
    kill: () => running.kill(),
    async start() {
      running = await launch(port);
    },
    async stop() {
      await running.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
