import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@rollcall/platform';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { makeAuthority } from './test-authority.js';
import { waitFor } from './wait-for.js';

type Row = Record<string, any>;

export interface Mariadb {
  port: number;
  /** PEM of the authority that has signed the server's certificate, which is made out to localhost and 127.0.0.1. */
  authority: string;
  /** Of the same authority, made out to a client. */
  client: { certificate: string; privateKey: string };
  /** As the owner of everything. Several statements may be given. */
  owner(text: string, values?: unknown[], database?: string): Promise<Row[]>;
  /** Ends it at once, as a crash would. start() brings it back on the same port, with what it had. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const program = '/usr/sbin/mariadbd';

/**
 * A MariaDB server on a free port, in this folder.
 * @param record notes the process and returns how to cross it out again
 */
export async function startMariadbIn(
  folder: string,
  record: (pid: number) => Promise<() => void>,
): Promise<Mariadb> {
  if (!existsSync(program)) throw new Error(`${program} is missing: apt-get install mariadb-server`);
  await chmod(folder, 0o755);
  const tls = makeAuthority(folder);
  // A server that root starts must be told that it is meant so.
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  const data = join(folder, 'data');
  await mkdir(data);
  const port = await freePort();
  const config = join(folder, 'my.cnf');
  await writeFile(config, configuration(folder, data, port));
  const installed = spawnSync(
    'mariadb-install-db',
    [`--defaults-file=${config}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...asRoot],
    { encoding: 'utf8' },
  );
  if (installed.status !== 0)
    throw new Error(`mariadb-install-db made no database: ${installed.stderr || installed.error?.message}`);
  let running: Running;
  let restarting: Promise<void> | undefined;
  // MariaDB 10.11 now and then ends itself (SIGSEGV) when connections are cut off: as a service manager would, it is
  // started again.
  const begin = async (): Promise<void> => {
    running = await launch(folder, config, port, asRoot, record, () => (restarting = begin()));
  };
  await begin();
  return {
    port,
    authority: tls.authority,
    client: tls.client,
    async owner(text, values = [], database) {
      const connection = await createConnection({
        ...ownerOf(port),
        database,
        multipleStatements: true,
        supportBigNumbers: true,
      });
      try {
        const [rows] = await connection.query<RowDataPacket[]>(text, values);
        return Array.isArray(rows) ? rows : [];
      } finally {
        await connection.end();
      }
    },
    kill: () => running.end('SIGKILL'),
    start: begin,
    async stop() {
      await restarting;
      await running.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const ownerOf = (port: number) => ({ host: '127.0.0.1', port, user: 'root', connectTimeout: 5_000 });

/** Small and quick; what is committed survives a killed process, which takes no disk with it. */
const configuration = (folder: string, data: string, port: number) => `[mariadbd]
datadir=${data}
port=${port}
bind-address=127.0.0.1
socket=${join(folder, 'socket')}
pid-file=${join(folder, 'pid')}
log-error=${join(folder, 'log.err')}
ssl-ca=${join(folder, 'authority.pem')}
ssl-cert=${join(folder, 'server.pem')}
ssl-key=${join(folder, 'server.key')}
character-set-server=utf8mb4
innodb-buffer-pool-size=32M
innodb-log-file-size=16M
innodb-flush-log-at-trx-commit=2
innodb-flush-method=nosync
skip-name-resolve
`;

interface Running {
  end(signal: NodeJS.Signals): Promise<void>;
}

async function launch(
  folder: string,
  config: string,
  port: number,
  asRoot: string[],
  record: (pid: number) => Promise<() => void>,
  crashed: () => void,
): Promise<Running> {
  const child = spawn(program, [`--defaults-file=${config}`, ...asRoot], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const forget = await record(child.pid!);
  await waitFor(
    async () => {
      if (child.exitCode !== null)
        throw new Error(
          `mariadbd ended with ${child.exitCode}: ${await readFile(join(folder, 'log.err'), 'utf8')}`,
        );
      const connection = await createConnection(ownerOf(port)).catch(() => undefined);
      await connection?.end();
      return connection;
    },
    { what: `MariaDB on port ${port} to answer` },
  );
  let asked = false;
  child.once('exit', () => {
    forget();
    if (!asked) crashed();
  });
  return {
    async end(signal) {
      asked = true;
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await ended;
      }
      forget();
    },
  };
}
