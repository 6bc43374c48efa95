import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { type Mariadb, program, startMariadbIn } from './mariadb-server.js';
import { recordProcess } from './run-folder.js';

export type { Mariadb } from './mariadb-server.js';

/** describe() for tests on a real MariaDB. Where it is not installed they are skipped by name; under CI=true they fail. */
export function describeWithMariadb(name: string, tests: () => void): void {
  if (existsSync(program) || process.env.CI === 'true') describe(name, tests);
  else describe.skip(`${name} (needs MariaDB: apt-get install mariadb-server)`, tests);
}

/** A MariaDB server of the caller's own, on a free port, in a temporary folder. */
export async function startMariadb(): Promise<Mariadb> {
  return startMariadbIn(await mkdtemp(join(inject('runFolder'), 'mariadb-')), (pid) =>
    recordProcess(inject('runFolder'), pid),
  );
}
