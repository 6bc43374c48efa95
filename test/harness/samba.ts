import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { recordProcess } from './run-folder.js';
import { program, provisioner, type Samba, startSambaIn } from './samba-server.js';

export type { Samba } from './samba-server.js';

/**
 * describe() for tests on a real domain controller. Where Samba is not installed, or not root runs the tests, they are
 * skipped by name; under CI=true they fail.
 */
export function describeWithSamba(name: string, tests: () => void): void {
  const hint =
    'needs samba: apt-get install samba samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind ldb-tools python3-cryptography';
  if (process.env.CI === 'true') describe(name, tests);
  else if (!existsSync(program) || !existsSync(provisioner)) describe.skip(`${name} (${hint})`, tests);
  else if (process.getuid?.() !== 0) describe.skip(`${name} (needs root for ports 389 and 636)`, tests);
  else describe(name, tests);
}

/** A domain controller of the caller's own, at an address of its own; the run's first provisions the domain. */
export async function startSamba(): Promise<Samba> {
  const runFolder = inject('runFolder');
  return startSambaIn(join(runFolder, `samba-${randomUUID()}`), runFolder, (pid) =>
    recordProcess(runFolder, pid),
  );
}
