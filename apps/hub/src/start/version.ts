import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the package this file belongs to, from the sources and from dist alike. */
function findVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return (createRequire(import.meta.url)(join(folder, 'package.json')) as { version: string }).version;
}

export const version = findVersion();
