import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Database, EmbeddedPostgres, lockDataFolder, StartError } from '@rollcall/platform';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { findPostgresBinaries } from '../../libs/platform/src/embedded-postgres/binaries.js';
import { chooseUser } from '../../libs/platform/src/embedded-postgres/run-as.js';
import { recordProcess, waitFor } from '../harness/index.js';

const running: EmbeddedPostgres[] = [];
afterEach(async () => {
  for (const postgres of running.splice(0)) await postgres.stop();
});

async function start(folder: string): Promise<EmbeddedPostgres> {
  const postgres = await EmbeddedPostgres.start({ folder });
  running.push(postgres);
  await recordProcess(inject('runFolder'), postgres.pid);
  return postgres;
}

const newFolder = () => mkdtemp(join(inject('runFolder'), 'embedded-'));

async function onDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await Database.connect({ url, poolSize: 1 });
  return work(database).finally(() => database.close());
}

const alive = (pid: number) => stat(`/proc/${pid}`).then(Boolean, () => false);

describe('the embedded database', () => {
  it('keeps its data, port and password over a restart, and is gone when stopped', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    await onDatabase(first.url, (database) => database.query('create table kept as select 42 as answer'));
    const urls = [first.url];
    let second = first;
    // Between a stop and a start somebody else on this machine may take the port: then it has another.
    do {
      await second.stop();
      expect(await alive(second.pid)).toBe(false);
      second = await start(folder);
      urls.push(second.url);
    } while (urls.at(-1) !== urls.at(-2) && urls.length < 5);
    expect(urls.at(-1)).toBe(urls.at(-2));
    expect(await onDatabase(second.url, (database) => database.query('select * from kept'))).toEqual([
      { answer: 42 },
    ]);
  });

  it('is durable, on loopback, and asks for its password, which only its owner can read', async () => {
    const folder = await newFolder();
    const { url } = await start(folder);
    const settings = await onDatabase(url, (database) =>
      database.query(
        `select name, setting from pg_settings where name in ('fsync', 'listen_addresses', 'jit') order by 1`,
      ),
    );
    expect(settings).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'jit', setting: 'off' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
    ]);
    const stranger = new URL(url);
    stranger.password = 'guess';
    await expect(Database.connect({ url: stranger.href })).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(folder, 'postgres.json'))).mode & 0o077).toBe(0);
  });

  it('is taken over from a hub that was killed', async () => {
    const folder = await newFolder();
    const left = await start(folder);
    const found = await start(folder);
    expect(found.pid).toBe(left.pid);
    expect(await onDatabase(found.url, (database) => database.query('select 1 as one'))).toEqual([
      { one: 1 },
    ]);
  });

  it('recovers what was committed when it was killed itself', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    await onDatabase(first.url, (database) => database.query('create table kept as select 42 as answer'));
    process.kill(first.pid, 'SIGKILL');
    await waitFor(async () => !(await alive(first.pid)), { what: 'the server to be dead' });
    const second = await start(folder);
    expect(second.pid).not.toBe(first.pid);
    expect(await onDatabase(second.url, (database) => database.query('select * from kept'))).toEqual([
      { answer: 42 },
    ]);
  });

  it('starts although a stranger has the number in its old pid file', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    const pidFile = join(folder, 'postgres', 'postmaster.pid');
    const content = await readFile(pidFile, 'utf8');
    await first.stop();
    await writeFile(pidFile, content.replace(/^\d+/, String(process.pid)));
    const second = await start(folder);
    expect(await onDatabase(second.url, (database) => database.query('select 1 as one'))).toEqual([
      { one: 1 },
    ]);
  });

  it('moves to another port when its own is taken', async () => {
    const folder = await newFolder();
    const first = await start(folder);
    await first.stop();
    const other = spawn(process.execPath, ['-e', holdPort, new URL(first.url).port], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await recordProcess(inject('runFolder'), other.pid!);
    await once(other.stdout!, 'data');
    const second = await start(folder);
    await end(other);
    expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
  });

  it('refuses a cluster of another major version', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'postgres'));
    await writeFile(join(folder, 'postgres', 'PG_VERSION'), '12\n');
    await expect(EmbeddedPostgres.start({ folder })).rejects.toThrow(/was written by PostgreSQL 12/);
  });

  it.skipIf(process.getuid?.() !== 0)('runs for root in a folder that only root may enter', async () => {
    const closed = await newFolder();
    await chmod(closed, 0o700);
    const { url, pid } = await start(join(closed, 'data'));
    expect(await onDatabase(url, (database) => database.query('select 1 as one'))).toEqual([{ one: 1 }]);
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Uid:\t(?!0\t)/m);
  });
});

describe.skipIf(process.getuid?.() !== 0)('programs in a folder that only root may enter', () => {
  it('are run by another user, with one capability and no more', async () => {
    const closed = await newFolder();
    const { initdb } = await findPostgresBinaries();
    await cp(join(initdb, '../..'), join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
    await chmod(closed, 0o700);
    const programs = ['initdb', 'postgres'].map((name) => join(closed, 'native/bin', name));
    const cluster = join(closed, 'cluster');
    const runAs = await chooseUser(cluster, programs);
    await mkdir(cluster, { mode: 0o700 });
    await chown(cluster, runAs.user!.uid, runAs.user!.gid);
    const made = runAs.command(programs[0]!, ['--pgdata', cluster, '--no-sync', '--auth=reject']);
    await promisify(execFile)(made.file, made.args, made.options as object);
    expect(await readFile(join(cluster, 'PG_VERSION'), 'utf8')).toMatch(/^\d+/);

    const asked = runAs.command('/bin/cat', ['/proc/self/status']);
    const { stdout } = await promisify(execFile)(asked.file, asked.args);
    expect(stdout).toMatch(new RegExp(`^Uid:\t${runAs.user!.uid}\t`, 'm'));
    expect(stdout).toMatch(/^CapPrm:\t0000000000000002$/m);
    expect(stdout).toMatch(/^NoNewPrivs:\t1$/m);
  });
});

describe('the lock of the data folder', () => {
  it('names the hub that holds it', async () => {
    const folder = await newFolder();
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(holder, 'spawn');
    await recordProcess(inject('runFolder'), holder.pid!);
    await writeFile(join(folder, 'hub.lock'), JSON.stringify({ pid: holder.pid }));
    await expect(lockDataFolder(folder)).rejects.toThrow(
      new RegExp(`in use by another hub \\(pid ${holder.pid}\\)`),
    );
    await expect(lockDataFolder(folder)).rejects.toThrow(StartError);
    await end(holder);
    await (
      await lockDataFolder(folder)
    )();
  });

  it('is void when its number has passed to another process, or its file was cut short', async () => {
    const folder = await newFolder();
    for (const content of [JSON.stringify({ pid: process.ppid, since: 'an earlier boot' }), '{"pi']) {
      await writeFile(join(folder, 'hub.lock'), content);
      await (
        await lockDataFolder(folder)
      )();
    }
  });
});

const holdPort = `require('node:net').createServer().listen(process.argv[1], '127.0.0.1', () => console.log('held'))`;

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}
