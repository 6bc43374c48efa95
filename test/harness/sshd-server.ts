import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@rollcall/platform';
import { waitFor } from './wait-for.js';

export interface Sshd {
  port: number;
  /** sftp://127.0.0.1:port/… of a folder of its own; what is in it shows in `folder`. */
  url: string;
  folder: string;
  /** SHA256 fingerprint and public key of its host key. */
  fingerprint: string;
  hostKey: string;
  /** May do everything in the folder. */
  writer: { type: 'key'; username: string; privateKey: string };
  /** The same user, by a key with a passphrase. */
  guarded: { type: 'key'; username: string; privateKey: string; passphrase: string };
  /** May read only. */
  reader: { type: 'key'; username: string; privateKey: string };
  /** The server does not know this key. */
  stranger: { type: 'key'; username: string; privateKey: string };
  /** Ends it and every session at once, as a crash would. start() brings it back on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const program = '/usr/sbin/sshd';

/**
 * An OpenSSH server on a free port of 127.0.0.1, in this folder, run by whoever runs the tests.
 * @param record notes the process and returns how to cross it out again
 */
export async function startSshdIn(
  folder: string,
  record: (pid: number) => Promise<() => void>,
): Promise<Sshd> {
  if (!existsSync(program)) throw new Error(`${program} is missing: apt-get install openssh-server`);
  const files = join(folder, 'files');
  await mkdir(files);
  // Where root's sshd parts with its rights.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
  const passphrase = 'kept-in-the-safe';
  const [host, writer, guarded, reader, stranger] = await Promise.all([
    makeKey(folder, 'host', ''),
    makeKey(folder, 'writer', ''),
    makeKey(folder, 'guarded', passphrase),
    makeKey(folder, 'reader', ''),
    makeKey(folder, 'stranger', ''),
  ]);
  await writeFile(
    join(folder, 'authorized_keys'),
    [
      `command="internal-sftp" ${writer.publicKey}`,
      `command="internal-sftp" ${guarded.publicKey}`,
      `command="internal-sftp -R" ${reader.publicKey}\n`,
    ].join('\n'),
  );
  const port = await freePort();
  await writeFile(join(folder, 'sshd_config'), configuration(folder, port));
  let running = await launch(folder, port, record);
  const { username } = userInfo();
  return {
    port,
    url: `sftp://127.0.0.1:${port}${files}`,
    folder: files,
    fingerprint: host.fingerprint,
    hostKey: host.publicKey,
    writer: { type: 'key', username, privateKey: writer.privateKey },
    guarded: { type: 'key', username, privateKey: guarded.privateKey, passphrase },
    reader: { type: 'key', username, privateKey: reader.privateKey },
    stranger: { type: 'key', username, privateKey: stranger.privateKey },
    kill: () => running.end(),
    async start() {
      running = await launch(folder, port, record);
    },
    async stop() {
      await running.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeKey(folder: string, name: string, passphrase: string) {
  const file = join(folder, `${name}_key`);
  // One round: what makes guessing slow makes tests slow, too.
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '1', '-N', passphrase, '-C', name, '-f', file]);
  const shown = execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' });
  return {
    privateKey: await readFile(file, 'utf8'),
    publicKey: (await readFile(`${file}.pub`, 'utf8')).trim(),
    fingerprint: shown.split(' ')[1]!,
  };
}

/** Sessions are not limited: tests open many in a short time. */
const configuration = (folder: string, port: number): string => `
Port ${port}
ListenAddress 127.0.0.1
HostKey ${folder}/host_key
PidFile none
AuthorizedKeysFile ${folder}/authorized_keys
StrictModes no
UsePAM no
UseDNS no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 200
Subsystem sftp internal-sftp
LogLevel ERROR
`;

async function launch(folder: string, port: number, record: (pid: number) => Promise<() => void>) {
  const child = spawn(program, ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const forget = await record(child.pid!);
  await waitFor(
    () => {
      if (child.exitCode !== null) throw new Error(`sshd ended with ${child.exitCode}: ${said}`);
      return answers(port);
    },
    { what: `sshd on port ${port} to answer` },
  );
  return {
    async end() {
      // A session is a process of its own and would go on without the server.
      const all = child.exitCode === null ? await descendants(child.pid!) : [];
      for (const pid of [child.pid!, ...all]) killNow(pid);
      await ended;
      await waitFor(async () => !all.some(isAlive), { what: 'the sessions of sshd to end' });
      forget();
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'data', { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function descendants(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const found: number[] = [];
  const below = (pid: number) => {
    for (const [child, parent] of parents)
      if (parent === pid) {
        found.push(child);
        below(child);
      }
  };
  below(root);
  return found;
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
