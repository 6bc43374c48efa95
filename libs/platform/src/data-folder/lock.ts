import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { processStart } from './process-start.js';
import { StartError } from '../start.errors.js';

interface Holder {
  pid: number;
  /** Tells the holder from a later process with its number. */
  since: string | undefined;
}

/** Keeps a second hub out of a data folder whose database it would run. Left behind by a crash, it is void. */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'hub.lock');
  const mine: Holder = { pid: process.pid, since: await processStart(process.pid) };
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => undefined);
  const own = `${file}.${process.pid}`;
  try {
    await writeFile(own, JSON.stringify(mine), { mode: 0o600 });
    for (let attempt = 1; attempt <= 5; attempt++) {
      // Linked and not written: nobody may ever see a lock without its holder.
      if (await linkNew(own, file)) return () => rm(file, { force: true });
      const holder = await readHolder(file);
      if (holder && (await isRunning(holder))) {
        throw new StartError(
          `Data folder ${relative(process.cwd(), folder) || '.'} is in use by another hub (pid ${holder.pid}): stop it, set HUB_DATA_DIR to another folder, or give both a DATABASE_URL`,
        );
      }
      const aside = `${own}.void`;
      await rename(file, aside).catch(() => undefined);
      await rm(aside, { force: true });
    }
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(
      `Cannot write ${file} (${(error as NodeJS.ErrnoException).code}): set HUB_DATA_DIR to a folder the hub may write to`,
    );
  } finally {
    await rm(own, { force: true });
  }
  throw new StartError(`Cannot take the lock ${file}: several hubs start on this data folder at once`);
}

async function linkNew(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

async function isRunning(holder: Holder): Promise<boolean> {
  if (holder.pid === process.pid) return false;
  const since = await processStart(holder.pid);
  return since !== undefined && (holder.since === undefined || holder.since === since);
}
