import { execFile } from 'node:child_process';
import { readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Postmaster {
  pid: number;
  port: number;
}

/** The server that runs on this cluster, also one left behind by a hub that was killed. */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const lines = (await readPidFile(cluster))?.split('\n');
  const pid = Number(lines?.[0]);
  if (!lines || !Number.isInteger(pid) || pid <= 0) return undefined;
  if (!(await isPostgresOf(pid, cluster))) return undefined;
  return { pid, port: Number(lines[3]) };
}

/**
 * After a crash of the machine the number in postmaster.pid can belong to a stranger, and Postgres then
 * refuses to start. Called when findPostmaster has said that nobody serves the cluster.
 */
export async function removeStalePidFile(cluster: string): Promise<void> {
  const pid = Number((await readPidFile(cluster))?.split('\n')[0]);
  if (pid > 0 && isAlive(pid)) await rm(join(cluster, 'postmaster.pid'), { force: true });
}

/** Fast shutdown: open transactions are rolled back, everything committed is on disk when this returns. */
export async function stopPostmaster(cluster: string, pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  const impatientAt = Date.now() + 30_000;
  // The pid file goes last, and tells more than the process table: an adopted server can stay a zombie.
  while (isAlive(pid) && Number((await readPidFile(cluster))?.split('\n')[0]) === pid) {
    if (Date.now() > impatientAt) signal(pid, 'SIGQUIT');
    await wait(20);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readPidFile(cluster: string): Promise<string | undefined> {
  return readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => undefined);
}

async function isPostgresOf(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === 'linux') {
    return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === cluster;
  }
  const { stdout } = await run('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({ stdout: '' }));
  return stdout.includes(cluster);
}
