import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@rollcall/platform';
import { Client, type Entry } from 'ldapts';
import { slapdBase, slapdConfiguration, type SlapdOptions } from './slapd-configuration.js';
import { waitFor } from './wait-for.js';

export interface Slapd {
  port: number;
  /** ldap://127.0.0.1:port; StartTLS is offered there. */
  url: string;
  ldapsUrl: string;
  /** PEM of the authority of its certificate, which is made out to localhost and 127.0.0.1. */
  certificate: string;
  /** Its key. Certificate and key sign in as the service account. */
  privateKey: string;
  people: string;
  groups: string;
  disabled: string;
  /** May do everything below the base. */
  service: { type: 'simple'; bindDn: string; password: string };
  /** May read only. */
  reader: { type: 'simple'; bindDn: string; password: string };
  /** As the owner of the database: what is really there. */
  search(base: string, filter: string, attributes?: string[]): Promise<Entry[]>;
  asOwner<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** Ends it at once, as a crash would. start() brings it back on the same ports, with what it had. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const program = '/usr/sbin/slapd';

/**
 * An OpenLDAP server on free ports, in this folder.
 * @param record notes the process and returns how to cross it out again
 */
export async function startSlapdIn(
  folder: string,
  options: SlapdOptions,
  record: (pid: number) => Promise<() => void>,
): Promise<Slapd> {
  if (!existsSync(program)) throw new Error(`${program} is missing: apt-get install slapd`);
  await Promise.all(['conf.d', 'db', 'log'].map((name) => mkdir(join(folder, name))));
  makeCertificate(folder);
  await writeFile(join(folder, 'config.ldif'), slapdConfiguration(folder, options));
  await writeFile(join(folder, 'base.ldif'), slapdBase);
  const load = (database: number, file: string) =>
    execFileSync(
      '/usr/sbin/slapadd',
      `-n ${database} -F ${join(folder, 'conf.d')} -l ${join(folder, file)}`.split(' '),
    );
  load(0, 'config.ldif');
  load(2, 'base.ldif');
  const [port, ldapsPort] = [await freePort(), await freePort()];
  let running = await launch(folder, port, ldapsPort, record);
  const asOwner = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ url: `ldap://127.0.0.1:${port}`, timeout: 20_000, connectTimeout: 5_000 });
    try {
      await client.bind('cn=admin,dc=example,dc=org', 'owner-password');
      return await work(client);
    } finally {
      await client.unbind();
    }
  };
  return {
    port,
    url: `ldap://127.0.0.1:${port}`,
    ldapsUrl: `ldaps://127.0.0.1:${ldapsPort}`,
    certificate: await readFile(join(folder, 'cert.pem'), 'utf8'),
    privateKey: await readFile(join(folder, 'key.pem'), 'utf8'),
    people: 'ou=people,dc=example,dc=org',
    groups: 'ou=groups,dc=example,dc=org',
    disabled: 'ou=disabled,dc=example,dc=org',
    service: { type: 'simple', bindDn: 'cn=svc,dc=example,dc=org', password: 'svc-password' },
    reader: { type: 'simple', bindDn: 'cn=reader,dc=example,dc=org', password: 'reader-password' },
    asOwner,
    search: (base, filter, attributes = ['*', '+']) =>
      asOwner(async (client) => {
        const { searchEntries } = await client.search(base, { filter, attributes, paged: true });
        return searchEntries;
      }),
    kill: () => running.end('SIGKILL'),
    async start() {
      running = await launch(folder, port, ldapsPort, record);
    },
    async stop() {
      await running.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function makeCertificate(folder: string): void {
  const made = spawnSync(
    'openssl',
    (
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost ' +
      `-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout ${folder}/key.pem -out ${folder}/cert.pem`
    ).split(' '),
    { encoding: 'utf8' },
  );
  if (made.status !== 0)
    throw new Error(`openssl made no certificate: ${made.stderr || made.error?.message}`);
}

async function launch(
  folder: string,
  port: number,
  ldapsPort: number,
  record: (pid: number) => Promise<() => void>,
) {
  const addresses = `ldap://127.0.0.1:${port}/ ldaps://127.0.0.1:${ldapsPort}/`;
  const child = spawn(program, ['-d', '0', '-F', join(folder, 'conf.d'), '-h', addresses], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const forget = await record(child.pid!);
  await waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`slapd ended with ${child.exitCode}: ${said}`);
      const client = new Client({ url: `ldap://127.0.0.1:${port}`, timeout: 1_000, connectTimeout: 1_000 });
      const answered = await client.search('', { scope: 'base', attributes: ['1.1'] }).catch(() => undefined);
      await client.unbind().catch(() => undefined);
      return answered;
    },
    { what: `slapd on port ${port} to answer` },
  );
  return {
    async end(signal: NodeJS.Signals) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await ended;
      }
      forget();
    },
  };
}
