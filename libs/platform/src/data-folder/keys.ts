import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HubConfig } from '../config/config.js';
import { StartError } from '../start.errors.js';

export interface Keys {
  masterKey: Buffer;
  adminKey: string;
  /** Where the admin key can be read; undefined when it came from the environment. */
  adminKeyFile: string | undefined;
  /** Made by this very start: show it once. */
  adminKeyIsNew: boolean;
}

/** The environment's keys, else the data folder's, else new ones kept there. */
export async function loadKeys(config: HubConfig): Promise<Keys> {
  const master = config.masterKey
    ? undefined
    : await keep(config.dataFolder, 'master.key', () => randomBytes(32).toString('base64'));
  const admin = config.adminKey
    ? undefined
    : await keep(config.dataFolder, 'admin.key', () => `rca_${randomBytes(32).toString('base64url')}`);
  const masterKey = config.masterKey ?? Buffer.from(master?.value ?? '', 'base64');
  if (masterKey.length !== 32) {
    throw new StartError(`${master?.file} does not hold 32 bytes in base64: restore it from a backup`);
  }
  return {
    masterKey,
    adminKey: config.adminKey ?? admin?.value ?? '',
    adminKeyFile: admin?.file,
    adminKeyIsNew: admin?.isNew ?? false,
  };
}

async function keep(folder: string, name: string, make: () => string) {
  const file = join(folder, name);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const value = make();
    // wx: of two processes that start at once, one makes the key and the other reads it.
    await writeFile(file, `${value}\n`, { mode: 0o600, flag: 'wx' });
    return { file, value, isNew: true };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST')
      throw new StartError(
        `Cannot write ${file} (${code}): set HUB_DATA_DIR to a folder the hub may write to`,
      );
  }
  const value = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new StartError(`Cannot read ${file} (${error.code}): start the hub as the user who owns it`);
  });
  return { file, value: value.trim(), isNew: false };
}
