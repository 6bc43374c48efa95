import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, inject } from 'vitest';
import { recordProcess } from './run-folder.js';
import { program, type Sshd, startSshdIn } from './sshd-server.js';

export type { Sshd } from './sshd-server.js';

/** describe() for tests on a real sshd. Where it is not installed they are skipped by name; under CI=true they fail. */
export function describeWithSshd(name: string, tests: () => void): void {
  if (existsSync(program) || process.env.CI === 'true') describe(name, tests);
  else describe.skip(`${name} (needs sshd: apt-get install openssh-server)`, tests);
}

/** An SFTP server of the caller's own, on a free port, in a temporary folder. */
export async function startSshd(): Promise<Sshd> {
  return startSshdIn(await mkdtemp(join(inject('runFolder'), 'sshd-')), (pid) =>
    recordProcess(inject('runFolder'), pid),
  );
}
