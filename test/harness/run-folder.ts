import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostmaster } from '../../libs/platform/src/embedded-postgres/postmaster.js';

const prefix = 'rollcall-test-';

/** Everything a test run leaves on disk is under this folder, named by the process that answers for it. */
export async function makeRunFolder(): Promise<string> {
  await removeAbandoned();
  const folder = join(tmpdir(), `${prefix}${process.pid}`);
  await mkdir(join(folder, 'processes'), { recursive: true });
  return folder;
}

export async function removeRunFolder(folder: string): Promise<void> {
  await killRecorded(folder);
  await killDatabases(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Notes a process that must not outlive the run. Returns how to cross it out again. */
export async function recordProcess(folder: string, pid: number): Promise<() => void> {
  const file = join(folder, 'processes', String(pid));
  await writeFile(file, startTime(pid) ?? '');
  return () => rmSync(file, { force: true });
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const owner = Number(name.slice(prefix.length));
    if (!startTime(owner)) await removeRunFolder(join(tmpdir(), name));
  }
}

/** The embedded database of a hub outlives the hub when that is killed, as hubs in failing tests are. */
async function killDatabases(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    for (const cluster of [join(folder, name, 'postgres'), join(folder, name, 'data', 'postgres')]) {
      const left = await findPostmaster(cluster);
      if (left) process.kill(left.pid, 'SIGKILL');
    }
  }
}

async function killRecorded(folder: string): Promise<void> {
  const pids = await readdir(join(folder, 'processes')).catch(() => []);
  for (const pid of pids) {
    const since = await readFile(join(folder, 'processes', pid), 'utf8');
    if (since && since === startTime(Number(pid))) process.kill(Number(pid), 'SIGKILL');
  }
}

/** Tells a process from a later one with the same number. Undefined when there is none (or no /proc). */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
