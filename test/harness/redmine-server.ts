import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@rollcall/platform';
import { waitFor } from './wait-for.js';

export interface Redmine {
  port: number;
  url: string;
  /** API keys: of an administrator, and of somebody who is none. */
  adminKey: string;
  userKey: string;
  /** An id that custom fields of users have: a text that need not be given. */
  customField: number;
  /** Past its API: what is really in its database. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Ends it at once, as a crash would. start() brings it back on the same port, with what it had. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const application = '/usr/share/redmine';
const seeded = '/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default';
const adminKey = '0123456789abcdef0123456789abcdef01234567';
const userKey = '76543210fedcba9876543210fedcba9876543210';
const user = 'www-data';

/** Missing programs; empty where Redmine can be started. */
export const missingForRedmine = (): string[] =>
  ['/usr/bin/puma', '/usr/bin/sqlite3', join(application, 'config.ru')].filter((path) => !existsSync(path));

/**
 * Debian's Redmine on a free port, with a database of its own in this folder.
 * @param record notes the process and returns how to cross it out again
 */
export async function startRedmineIn(
  folder: string,
  record: (pid: number) => Promise<() => void>,
): Promise<Redmine> {
  const missing = missingForRedmine();
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} missing: apt-get install redmine redmine-sqlite puma sqlite3`);
  }
  const port = await freePort();
  const database = join(folder, 'redmine.sqlite3');
  await writeFiles(folder, database);
  const environment = {
    ...process.env,
    BUNDLE_GEMFILE: join(folder, 'Gemfile'),
    RAILS_ENV: 'production',
    // Instances are folders below Redmine's own; from there the way leads to this one.
    REDMINE_INSTANCE: `${'../'.repeat(12)}${folder.slice(1)}`,
    HOME: folder,
    TMPDIR: join(folder, 'tmp'),
  };
  const sql = async (statement: string): Promise<string> => {
    const given = ['-json', database, '.timeout 20000', statement];
    return (await promisify(execFile)('/usr/bin/sqlite3', given)).stdout;
  };
  if (isReadable(seeded)) await copyFile(seeded, database);
  else execFileSync('/usr/bin/ruby', ['bin/rake', 'db:migrate'], { cwd: application, env: environment });
  await sql(seeds);
  const asRoot = process.getuid?.() === 0;
  if (asRoot) {
    execFileSync('chown', ['-R', `${user}:${user}`, folder]);
    await chmod(folder, 0o755);
  }
  const start = () => launch(port, environment, asRoot, record);
  let running = await start();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    adminKey,
    userKey,
    customField: 1,
    query: async (statement) => JSON.parse((await sql(statement)) || '[]') as Record<string, unknown>[],
    kill: () => running.end(),
    async start() {
      running = await start();
    },
    async stop() {
      await running.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const seeds = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  INSERT INTO settings (name, value, updated_on) VALUES ('rest_api_enabled', '1', datetime('now'));
  UPDATE users SET must_change_passwd = 0 WHERE login = 'admin';
  INSERT INTO users (login, firstname, lastname, status, admin, type, language, mail_notification, created_on, updated_on)
    VALUES ('somebody', 'Some', 'Body', 1, 0, 'User', 'en', 'none', datetime('now'), datetime('now'));
  INSERT INTO tokens (user_id, action, value, created_on, updated_on)
    SELECT id, 'api', CASE login WHEN 'admin' THEN '${adminKey}' ELSE '${userKey}' END, datetime('now'), datetime('now')
    FROM users WHERE login IN ('admin', 'somebody');
  INSERT INTO custom_fields (id, type, name, field_format, editable, visible, position)
    VALUES (1, 'UserCustomField', 'Department', 'string', 1, 1, 1);
`;

async function writeFiles(folder: string, database: string): Promise<void> {
  await Promise.all(['config', 'tmp', 'log', 'files'].map((name) => mkdir(join(folder, name))));
  await copyFile(join(application, 'Gemfile.lock'), join(folder, 'Gemfile.lock'));
  await writeFile(
    join(folder, 'Gemfile'),
    `eval_gemfile '${application}/Gemfile'\ngem 'puma'\ngem 'sqlite3', '~> 1.4.0'\n`,
  );
  await writeFile(
    join(folder, 'config', 'database.yml'),
    `production:\n  adapter: sqlite3\n  database: ${database}\n  timeout: 20000\n`,
  );
  await writeFile(join(folder, 'config', 'secret_key.txt'), 'c'.repeat(64));
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

async function launch(
  port: number,
  environment: NodeJS.ProcessEnv,
  asRoot: boolean,
  record: (pid: number) => Promise<() => void>,
) {
  // One thread: on SQLite transactions that overlap fail with "database is locked".
  const puma = [
    '/usr/bin/puma',
    '--dir',
    application,
    '-e',
    'production',
    '-t',
    '1:1',
    '-b',
    `tcp://127.0.0.1:${port}`,
  ];
  const command = asRoot ? ['setpriv', '--reuid', user, '--regid', user, '--clear-groups', ...puma] : puma;
  const child = spawn(command[0]!, command.slice(1), {
    cwd: environment.HOME,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-5_000)));
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const forget = await record(child.pid!);
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
    forget();
  };
  try {
    await waitFor(
      async () => {
        if (child.exitCode !== null) throw new Error(`Redmine ended with ${child.exitCode}: ${said}`);
        const answer = await fetch(`http://127.0.0.1:${port}/users/current.json`, {
          headers: { 'X-Redmine-API-Key': adminKey },
        }).catch(() => undefined);
        return answer?.ok;
      },
      { what: `Redmine on port ${port} to answer`, timeoutMs: 90_000, intervalMs: 100 },
    );
  } catch (error) {
    await end();
    throw error;
  }
  return { end };
}
