import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { StartError } from '../start.errors.js';
import { findPostgresBinaries, type PostgresBinaries } from './binaries.js';
import { freePort } from './free-port.js';
import { findPostmaster, removeStalePidFile, stopPostmaster } from './postmaster.js';
import { chooseUser, type RunAs } from './run-as.js';
import { settingsFor } from './settings.js';

const run = promisify(execFile);
const superuser = 'rollcall';
const databaseName = 'rollcall';

export interface EmbeddedPostgresOptions {
  /** Holds the cluster, its log and its access; made when missing. */
  folder: string;
  /** false: forgets on a crash and is faster. For tests. Defaults to true. */
  durable?: boolean;
  maxConnections?: number;
  /** true: a Ctrl-C in the terminal does not reach it, and it outlives a killed hub. Defaults to true. */
  detached?: boolean;
}

interface Access {
  port: number;
  password: string;
}

/** A real Postgres from npm, on loopback, in a folder of ours. */
export class EmbeddedPostgres {
  private constructor(
    readonly url: string,
    readonly pid: number,
    private readonly cluster: string,
  ) {}

  /** Starts the server, or takes over the one that a killed hub left running on this folder. */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    await mkdir(options.folder, { recursive: true });
    const folder = await realpath(options.folder);
    const cluster = join(folder, 'postgres');
    const binaries = await findPostgresBinaries();
    const runAs = await chooseUser(cluster, [binaries.initdb, binaries.postgres]);
    if (runAs.user) await letThrough(folder);
    await checkVersion(cluster, binaries.majorVersion);
    let access = await readAccess(folder);
    if (!access || !(await isCluster(cluster))) access = await initialise(folder, cluster, binaries, runAs);

    const running = await findPostmaster(cluster);
    if (running) {
      if (await becomesReady(urlOf({ ...access, port: running.port }), cluster, running.pid)) {
        return new EmbeddedPostgres(urlOf({ ...access, port: running.port }), running.pid, cluster);
      }
      await stopPostmaster(cluster, running.pid);
    }
    await removeStalePidFile(cluster);
    for (let attempt = 1; ; attempt++) {
      access = { ...access, port: await freePort(attempt === 1 ? access.port : undefined) };
      const pid = await launch(folder, cluster, access.port, binaries, runAs, options);
      if (pid && (await becomesReady(urlOf(access), cluster, pid))) {
        await writeAccess(folder, access);
        return new EmbeddedPostgres(urlOf(access), pid, cluster);
      }
      if (attempt === 3) throw new StartError(await explainFailure(folder));
    }
  }

  /** Clean shutdown. */
  async stop(): Promise<void> {
    await stopPostmaster(this.cluster, this.pid);
  }
}

async function initialise(folder: string, cluster: string, binaries: PostgresBinaries, runAs: RunAs) {
  if (await isCluster(cluster)) {
    throw new StartError(
      `${join(folder, 'postgres.json')}, which holds the password of the database beside it, is missing or damaged: restore it from a backup`,
    );
  }
  const access = { port: await freePort(), password: randomBytes(24).toString('base64url') };
  const fresh = join(folder, 'postgres.new');
  const passwordFile = join(folder, 'postgres.password');
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(passwordFile, access.password, { mode: 0o600 });
  if (runAs.user) {
    await chown(fresh, runAs.user.uid, runAs.user.gid);
    await chown(passwordFile, runAs.user.uid, runAs.user.gid);
  }
  const { file, args, options } = runAs.command(binaries.initdb, [
    `--pgdata=${fresh}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ]);
  try {
    await run(file, args, { ...options, cwd: fresh } as object);
  } catch (error) {
    const told = String((error as { stderr?: string }).stderr ?? error)
      .trim()
      .split('\n');
    throw new StartError(`Cannot create the embedded database in ${cluster}: ${told.join(' ')}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeAccess(folder, access);
  await rename(fresh, cluster);
  return access;
}

async function launch(
  folder: string,
  cluster: string,
  port: number,
  binaries: PostgresBinaries,
  runAs: RunAs,
  { durable = true, maxConnections = 150, detached = true }: EmbeddedPostgresOptions,
): Promise<number | undefined> {
  const settings = settingsFor({ port, durable, maxConnections });
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { file, args, options } = runAs.command(binaries.postgres, ['-D', cluster, ...flags]);
  const log = await openLog(join(folder, 'postgres.log'));
  try {
    const child: ChildProcess = spawn(file, args, {
      ...options,
      cwd: cluster,
      detached,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.on('error', () => undefined);
    child.unref();
    return child.pid;
  } finally {
    await log.close();
  }
}

/** cannot_connect_now, admin_shutdown, crash_shutdown, and a socket that is not open yet. */
const startingUp = new Set(['57P03', '57P01', '57P02', 'ECONNREFUSED', 'ECONNRESET']);

/** False when the server ends, refuses us or serves something else. Waits out crash recovery. */
async function becomesReady(url: string, cluster: string, pid: number): Promise<boolean> {
  const maintenance = url.replace(/[^/]+$/, 'postgres');
  const startedBy = Date.now() + 2_000;
  for (;;) {
    const client = new pg.Client({ connectionString: maintenance, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ data_directory: string }>('show data_directory');
      if (rows[0]?.data_directory !== cluster) return false;
      await createDatabase(client);
      return true;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code?.startsWith('28')) return false;
      if (code && !startingUp.has(code)) throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
    const found = await findPostmaster(cluster);
    if (found ? found.pid !== pid : Date.now() > startedBy) return false;
    await wait(25);
  }
}

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [databaseName]);
  if (rowCount === 0) await client.query(`create database ${databaseName}`);
}

async function checkVersion(cluster: string, ours: number): Promise<void> {
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EACCES') return undefined;
      throw new StartError(
        `The database in ${cluster} belongs to another user: start the hub as that user, or set HUB_DATA_DIR to another folder`,
      );
    },
  );
  if (version === undefined || Number(version) === ours) return;
  throw new StartError(
    `The database in ${cluster} was written by PostgreSQL ${version.trim()}, this hub brings ${ours}: use the hub version that wrote it, or set HUB_DATA_DIR to another folder`,
  );
}

async function isCluster(cluster: string): Promise<boolean> {
  return stat(join(cluster, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

/** Others may pass through the folder to the cluster, which has its own lock, but may not list it. */
async function letThrough(folder: string): Promise<void> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) await chmod(folder, mode | 0o011);
}

async function readAccess(folder: string): Promise<Access | undefined> {
  const text = await readFile(join(folder, 'postgres.json'), 'utf8').catch(() => undefined);
  if (!text) return undefined;
  try {
    return JSON.parse(text) as Access;
  } catch {
    return undefined;
  }
}

async function writeAccess(folder: string, access: Access): Promise<void> {
  const file = join(folder, 'postgres.json');
  await writeFile(`${file}.new`, JSON.stringify(access), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

function urlOf({ port, password }: Access): string {
  return `postgres://${superuser}:${password}@127.0.0.1:${port}/${databaseName}`;
}

async function openLog(file: string) {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  return open(file, size > 5_000_000 ? 'w' : 'a', 0o600);
}

async function explainFailure(folder: string): Promise<string> {
  const log = join(folder, 'postgres.log');
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
  const fatal = lines.reverse().find((line) => /FATAL|PANIC|error while loading|setpriv/.test(line));
  return `The embedded Postgres does not start: ${fatal?.replace(/^.*?(FATAL|PANIC): +/, '') ?? 'no reason given'} (${log})`;
}
