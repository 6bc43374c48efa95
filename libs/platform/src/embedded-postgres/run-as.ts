import { execFile, type SpawnOptions } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../start.errors.js';

const run = promisify(execFile);

/** Whom Postgres runs as. It refuses to run as root, so root lends it another user. */
export interface RunAs {
  /** Undefined: as ourselves. */
  user?: { uid: number; gid: number };
  /** How to start a program as that user. */
  command(program: string, args: string[]): { file: string; args: string[]; options: SpawnOptions };
}

/**
 * @param cluster the data folder, which may not exist yet; an existing one is run by its owner
 * @param programs what the user must be able to execute
 */
export async function chooseUser(cluster: string, programs: string[]): Promise<RunAs> {
  if (process.getuid?.() !== 0) {
    return { command: (file, args) => ({ file, args, options: {} }) };
  }
  const user = (await ownerOf(cluster)) ?? (await findUser());
  if (await canReach(user, programs, dirname(resolve(cluster)))) {
    return { user, command: (file, args) => ({ file, args, options: user }) };
  }
  // node_modules or the data folder lies under a folder that only root may enter, such as /root. The user
  // gets past file modes, and nothing else of root's power, by one ambient capability. Without the securebit
  // access(2), by which initdb looks for its parts, takes no notice of it.
  await requireSetpriv(cluster);
  const prefix = [
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--securebits=+no_setuid_fixup',
    '--no-new-privs',
    '--',
  ];
  return {
    user,
    command: (file, args) => ({ file: 'setpriv', args: [...prefix, file, ...args], options: {} }),
  };
}

async function ownerOf(path: string) {
  const found = await stat(path).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

async function findUser() {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = lines.find(([candidate]) => candidate === name);
    if (entry && Number(entry[2]) > 0) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new StartError(
    'Postgres cannot run as root and there is no user "postgres" or "nobody" to run it: start the hub as another user, or set DATABASE_URL',
  );
}

async function canReach(user: { uid: number; gid: number }, programs: string[], folder: string) {
  const allows = async (path: string, needed: number) => {
    const { uid, gid, mode } = await stat(path);
    const bits = uid === user.uid ? mode >> 6 : gid === user.gid ? mode >> 3 : mode;
    return (bits & needed) === needed;
  };
  for (const program of programs) if (!(await allows(program, 0o5))) return false;
  for (const start of [...programs.map((program) => dirname(program)), folder]) {
    for (let at = start; ; at = dirname(at)) {
      if (!(await allows(at, 0o1))) return false;
      if (at === dirname(at)) break;
    }
  }
  return true;
}

async function requireSetpriv(cluster: string): Promise<void> {
  const help = await run('setpriv', ['--help']).catch(() => ({ stdout: '' }));
  if (help.stdout.includes('--ambient-caps')) return;
  throw new StartError(
    `Postgres cannot run as root, and no other user can enter ${dirname(resolve(cluster))} or node_modules: move them out of folders only root may enter, start the hub as another user, or set DATABASE_URL`,
  );
}
