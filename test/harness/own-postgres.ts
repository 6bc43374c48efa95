import { chown, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgres } from '@rollcall/platform';
import pg from 'pg';
import { inject } from 'vitest';
import { findPostmaster } from '../../libs/platform/src/embedded-postgres/postmaster.js';
import { recordProcess } from './run-folder.js';
import { makeAuthority, type TestAuthority } from './test-authority.js';
import { waitFor } from './wait-for.js';

/** A PostgreSQL of the caller's own, which may be killed, and offers TLS. */
export interface OwnPostgres extends TestAuthority {
  /** Of its owner; the database is called rollcall. */
  url: string;
  port: number;
  owner(text: string, values?: unknown[]): Promise<Record<string, any>[]>;
  /** From now on it shows this certificate: "server", or "stranger", whose name is another. */
  show(certificate: 'server' | 'stranger'): Promise<void>;
  /** A user of this name signs in by a client certificate only. */
  askForCertificate(user: string): Promise<void>;
  /** Ends it at once, without a clean shutdown. start() brings it back on the same port, with what it had. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = await mkdtemp(join(inject('runFolder'), 'postgres-'));
  const cluster = join(folder, 'postgres');
  const authority = makeAuthority(folder);
  const launch = async () => {
    const postgres = await EmbeddedPostgres.start({ folder, detached: false });
    return { postgres, forget: await recordProcess(inject('runFolder'), postgres.pid) };
  };
  let running = await launch();
  const { url } = running.postgres;
  const owner = async (text: string, values?: unknown[]) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const result = await client.query<Record<string, any>>(text, values);
      return Array.isArray(result) ? [] : result.rows;
    } finally {
      await client.end();
    }
  };
  const give = async (from: string, to: string) => {
    const { uid, gid } = await stat(cluster);
    await copyFile(join(folder, from), join(cluster, to));
    await chown(join(cluster, to), uid, gid);
  };
  const show = async (name: string) => {
    await give(`${name}.pem`, 'server.crt');
    await give(`${name}.key`, 'server.key');
    await owner('select pg_reload_conf()');
  };
  const setUp = async () => {
    await give('authority.pem', 'root.crt');
    await give('server.pem', 'server.crt');
    await give('server.key', 'server.key');
    await owner("alter system set ssl_ca_file = 'root.crt'");
    await owner('alter system set ssl = on');
    await owner('select pg_reload_conf()');
    await waitFor(async () => (await owner('show ssl'))[0]!.ssl === 'on', { what: 'TLS to be on' });
  };
  await setUp();
  return {
    ...authority,
    url,
    port: Number(new URL(url).port),
    owner,
    show,
    async askForCertificate(user) {
      const file = join(cluster, 'pg_hba.conf');
      const line = `hostssl all ${user} 127.0.0.1/32 cert\nhost all ${user} 127.0.0.1/32 reject\n`;
      await writeFile(file, line + (await readFile(file, 'utf8')));
      await owner('select pg_reload_conf()');
    },
    async kill() {
      process.kill(running.postgres.pid, 'SIGQUIT');
      await waitFor(async () => !(await findPostmaster(cluster)), { what: 'PostgreSQL to be gone' });
      running.forget();
    },
    async start() {
      running = await launch();
    },
    async stop() {
      await running.postgres.stop();
      running.forget();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
