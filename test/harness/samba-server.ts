import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client, type Entry } from 'ldapts';
import { administrator, domainName, reader, realm, sambaTemplate, service } from './samba-template.js';
import { waitFor } from './wait-for.js';

export interface Samba {
  /** Its own on the loopback network: the ports of a domain controller are fixed. */
  address: string;
  /** StartTLS is offered there. */
  url: string;
  ldapsUrl: string;
  /** PEM of the authority of its certificate, which is made out to its address. */
  certificate: string;
  privateKey: string;
  /** DC=ad,DC=example,DC=test */
  domain: string;
  people: string;
  berlin: string;
  leavers: string;
  groups: string;
  /** May do everything in these OUs, and read what was deleted. */
  service: { type: 'simple'; user: string; password: string };
  /** May read only. */
  reader: { type: 'simple'; user: string; password: string };
  /** As administrator: what is really there. */
  search(base: string, filter: string, attributes?: string[]): Promise<Entry[]>;
  asAdministrator<T>(work: (client: Client) => Promise<T>): Promise<T>;
  /** Ends it at once, as a crash would. start() brings it back at the same address, with what it had. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const program = '/usr/sbin/samba';
export const provisioner = '/usr/bin/samba-tool';

/**
 * A Samba domain controller of the caller's own: a copy of the template, LDAP only.
 * @param folder is made
 * @param templates where the template is, or is to be made
 * @param record notes the process and returns how to cross it out again
 */
export async function startSambaIn(
  folder: string,
  templates: string,
  record: (pid: number) => Promise<() => void>,
  { durable = false } = {},
): Promise<Samba> {
  if (!existsSync(program) || !existsSync(provisioner))
    throw new Error(`${program} is missing: apt-get install samba samba-ad-provision samba-dsdb-modules`);
  await cp(await sambaTemplate(templates), folder, { recursive: true, preserveTimestamps: true });
  await Promise.all(
    ['run', 'ncalrpc', 'cache'].map((name) => mkdir(join(folder, name), { recursive: true })),
  );
  const address = await freeAddress();
  makeCertificate(folder, address);
  await writeFile(join(folder, 'smb.conf'), configuration(folder, address, durable));
  let running = await launch(folder, address, record);
  const tls = join(folder, 'private', 'tls');
  const certificate = await readFile(join(tls, 'cert.pem'), 'utf8');
  const asAdministrator = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({
      url: `ldaps://${address}`,
      tlsOptions: { ca: certificate },
      timeout: 20_000,
      connectTimeout: 5_000,
    });
    try {
      await client.bind(administrator.user, administrator.password);
      return await work(client);
    } finally {
      await client.unbind();
    }
  };
  return {
    address,
    url: `ldap://${address}`,
    ldapsUrl: `ldaps://${address}`,
    certificate,
    privateKey: await readFile(join(tls, 'key.pem'), 'utf8'),
    domain: domainName,
    people: `OU=People,${domainName}`,
    berlin: `OU=Berlin,OU=People,${domainName}`,
    leavers: `OU=Leavers,${domainName}`,
    groups: `OU=Groups,${domainName}`,
    service,
    reader,
    asAdministrator,
    search: (base, filter, attributes = ['*']) =>
      asAdministrator(async (client) => {
        const { searchEntries } = await client.search(base, { filter, attributes, paged: true });
        return searchEntries;
      }),
    kill: () => running.end(),
    async start() {
      running = await launch(folder, address, record);
    },
    async stop() {
      await running.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Out of a million, so that test runs side by side hardly ever draw the same; one that is in use is passed over. */
async function freeAddress(): Promise<string> {
  for (let tries = 0; tries < 20; tries += 1) {
    const address = `127.${randomInt(64, 128)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
    if ((await isFree(address, 389)) && (await isFree(address, 636))) return address;
  }
  throw new Error('Ports 389 and 636 are free at no address of the loopback network; they need root.');
}

async function isFree(address: string, port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, address);
  const listening = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!listening) return false;
  server.close();
  await once(server, 'close');
  return true;
}

function makeCertificate(folder: string, address: string): void {
  const tls = join(folder, 'private', 'tls');
  const made = spawnSync(
    'openssl',
    (
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 ' +
      `-subj /CN=dc1.${realm} -addext subjectAltName=DNS:dc1.${realm},IP:${address},IP:127.0.0.1 ` +
      `-keyout ${tls}/key.pem -out ${tls}/cert.pem`
    ).split(' '),
    { encoding: 'utf8' },
  );
  if (made.status !== 0)
    throw new Error(`openssl made no certificate: ${made.stderr || made.error?.message}`);
}

const configuration = (folder: string, address: string, durable: boolean) => `[global]
  netbios name = DC1
  realm = ${realm.toUpperCase()}
  workgroup = EXAMPLE
  server role = active directory domain controller
  server services = ldap
  dcerpc endpoint servers =
  interfaces = ${address}/8
  bind interfaces only = yes
  private dir = ${folder}/private
  binddns dir = ${folder}/bind-dns
  lock directory = ${folder}
  state directory = ${folder}/state
  cache directory = ${folder}/cache
  pid directory = ${folder}/run
  ncalrpc dir = ${folder}/ncalrpc
  log file = ${folder}/log.%m
  tls cafile = ${folder}/private/tls/cert.pem
  ldb:nosync = ${durable ? 'no' : 'yes'}
`;

async function launch(folder: string, address: string, record: (pid: number) => Promise<() => void>) {
  // What is left of one that was killed keeps the next from starting.
  await rm(join(folder, 'run'), { recursive: true, force: true });
  await mkdir(join(folder, 'run'));
  const child = spawn(program, ['-F', '--no-process-group', '-M', 'single', '-s', join(folder, 'smb.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const forget = await record(child.pid!);
  await waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`samba ended with ${child.exitCode}: ${said}`);
      const client = new Client({ url: `ldap://${address}`, timeout: 1_000, connectTimeout: 1_000 });
      const answered = await client.search('', { scope: 'base', attributes: ['1.1'] }).catch(() => undefined);
      await client.unbind().catch(() => undefined);
      return answered;
    },
    { what: `samba at ${address} to answer` },
  );
  return {
    async end() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await ended;
      }
      forget();
    },
  };
}
