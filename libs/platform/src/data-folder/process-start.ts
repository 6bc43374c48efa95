import { readFile } from 'node:fs/promises';
import { isAlive } from '../embedded-postgres/postmaster.js';

/**
 * When a process started, in a form that only serves to compare: equal means the same process. Undefined when
 * there is no such process. Where there is no /proc, all processes that live look the same.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined;
  if (process.platform !== 'linux') return 'alive';
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
  ]);
  // proc(5): field 22, counted after the name, which may itself hold blanks and brackets.
  return stat && `${boot.trim()}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
}
