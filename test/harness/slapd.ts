import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { recordProcess } from './run-folder.js';
import type { SlapdOptions } from './slapd-configuration.js';
import { program, type Slapd, startSlapdIn } from './slapd-server.js';

export type { Slapd } from './slapd-server.js';

/** describe() for tests on a real slapd. Where it is not installed they are skipped by name; under CI=true they fail. */
export function describeWithSlapd(name: string, tests: () => void): void {
  if (existsSync(program) || process.env.CI === 'true') describe(name, tests);
  else describe.skip(`${name} (needs slapd: apt-get install slapd)`, tests);
}

/** An OpenLDAP server of the caller's own, on free ports, in a temporary folder. */
export async function startSlapd(options: SlapdOptions = {}): Promise<Slapd> {
  return startSlapdIn(await mkdtemp(join(inject('runFolder'), 'slapd-')), options, (pid) =>
    recordProcess(inject('runFolder'), pid),
  );
}
