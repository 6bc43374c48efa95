import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { missingForRedmine, type Redmine, startRedmineIn } from './redmine-server.js';
import { recordProcess } from './run-folder.js';

export type { Redmine } from './redmine-server.js';

/** describe() for tests on a real Redmine. Where it is not installed they are skipped by name; under CI=true they fail. */
export function describeWithRedmine(name: string, tests: () => void): void {
  if (missingForRedmine().length === 0 || process.env.CI === 'true') describe(name, tests);
  else describe.skip(`${name} (needs Redmine: apt-get install redmine redmine-sqlite puma sqlite3)`, tests);
}

/** A Redmine of the caller's own, on a free port, in a temporary folder. It takes some five seconds. */
export async function startRedmine(): Promise<Redmine> {
  return startRedmineIn(await mkdtemp(join(inject('runFolder'), 'redmine-')), (pid) =>
    recordProcess(inject('runFolder'), pid),
  );
}
