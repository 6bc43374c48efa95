import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const stamp = join(root, 'dist', '.built-for-tests');
const sources = ['apps', 'libs', 'test/bench', 'tsconfig.json', 'tsconfig.build.json', 'package.json'];

/**
 * Tests start the compiled hub: compiles it when a source is newer than what was compiled last. Types are not
 * checked here, as nowhere in the tests.
 */
export function buildOnce(): void {
  const begun = new Date();
  if (newest(sources.map((name) => join(root, name))) < modified(stamp)) return;
  // Nest's compiler, since plain tsc leaves imports of @rollcall/... as they are.
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const options = ['build', 'hub', '--path', 'test/harness/tsconfig.build.json'];
  const { status, stdout } = spawnSync(process.execPath, [nest, ...options], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`The hub does not compile:\n${stdout}`);
  writeFileSync(stamp, '');
  // What changed while the compiler ran is compiled the next time.
  utimesSync(stamp, begun, begun);
}

function newest(paths: string[]): number {
  return Math.max(
    ...paths.map((path) => {
      const entry = statSync(path);
      if (!entry.isDirectory()) return entry.mtimeMs;
      return Math.max(
        entry.mtimeMs,
        newest(
          readdirSync(path)
            .filter((name) => name !== 'node_modules')
            .map((name) => join(path, name)),
        ),
      );
    }),
  );
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
