import { isAbsolute, resolve } from 'node:path';
import type { Networks } from '../networks.js';
import { StartError } from '../start.errors.js';
import { networkList } from './network-list.js';
import { targetNetworks } from './target-networks.js';

export type Role = 'api' | 'worker';

/** What the environment says, checked. Keys may still have to be made: see loadKeys. */
export class HubConfig {
  readonly production: boolean;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly roles: ReadonlySet<Role>;
  readonly dataFolder: string;
  /** Unset: an embedded Postgres in the data folder. */
  readonly databaseUrl: string | undefined;
  /** Unset: BullMQ on Postgres. */
  readonly redisUrl: string | undefined;
  readonly adminKey: string | undefined;
  /** 32 bytes. */
  readonly masterKey: Buffer | undefined;
  /** Whether a target may be at this address. Unset: any. */
  readonly allowTargetAddress: ((address: string) => boolean) | undefined;
  /** Folders of this machine that connections may read and write files in. */
  readonly csvFolders: readonly string[];
  /** Whose X-Forwarded-For, -Host and -Proto are believed. Unset: nobody's. */
  readonly trustedProxies: Networks | undefined;

  private constructor(env: NodeJS.ProcessEnv) {
    this.production = env.NODE_ENV === 'production';
    this.host = read(env, 'HUB_HOST') ?? '127.0.0.1';
    this.port = readPort(env);
    this.roles = readRoles(env);
    this.dataFolder = resolve(read(env, 'HUB_DATA_DIR') ?? '.hub');
    this.databaseUrl = readUrl(env, 'DATABASE_URL', ['postgres:', 'postgresql:']);
    this.redisUrl = readUrl(env, 'REDIS_URL', ['redis:', 'rediss:']);
    this.adminKey = readAdminKey(env, this.production);
    this.masterKey = readMasterKey(env, this.production);
    this.allowTargetAddress = targetNetworks(read(env, 'HUB_TARGET_NETWORKS'), this.production);
    this.csvFolders = readFolders(env, 'HUB_CSV_FOLDERS');
    this.trustedProxies = readTrustedProxies(env);
  }

  /** @throws StartError naming the variable, its value and the remedy */
  static load(env: NodeJS.ProcessEnv): HubConfig {
    return new HubConfig(env);
  }
}

function read(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value ? value : undefined;
}

function readPort(env: NodeJS.ProcessEnv): number {
  const text = read(env, 'HUB_PORT') ?? '3000';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new StartError(`HUB_PORT is "${text}": set it to a port number from 0 (any free one) to 65535`);
}

function readRoles(env: NodeJS.ProcessEnv): Set<Role> {
  const text = read(env, 'HUB_ROLES') ?? 'api,worker';
  const roles = text.split(',').map((role) => role.trim());
  const unknown = roles.find((role) => role !== 'api' && role !== 'worker');
  if (unknown === undefined) return new Set(roles as Role[]);
  throw new StartError(`HUB_ROLES is "${text}": set it to "api", "worker" or "api,worker"`);
}

function readUrl(env: NodeJS.ProcessEnv, name: string, protocols: string[]): string | undefined {
  const text = read(env, name);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && protocols.includes(url.protocol)) return text;
  // The value may hold a password, so it is shown up to its credentials only.
  const shown = text.includes('@') ? `…@${text.slice(text.lastIndexOf('@') + 1)}` : text;
  throw new StartError(
    `${name} is "${shown}": set it to a URL such as ${protocols[0]}//user:password@host/name`,
  );
}

function readFolders(env: NodeJS.ProcessEnv, name: string): string[] {
  const folders = (read(env, name) ?? '').split(',').map((folder) => folder.trim());
  const wrong = folders.find((folder) => folder !== '' && (!isAbsolute(folder) || resolve(folder) === '/'));
  if (wrong === undefined) return folders.filter((folder) => folder !== '');
  throw new StartError(`${name} has "${wrong}": list folders by their whole path, such as /srv/exchange`);
}

function readTrustedProxies(env: NodeJS.ProcessEnv): Networks | undefined {
  const list = read(env, 'HUB_TRUSTED_PROXIES');
  return list === undefined ? undefined : networkList('HUB_TRUSTED_PROXIES', list, '127.0.0.1,10.1.2.0/24');
}

function readAdminKey(env: NodeJS.ProcessEnv, production: boolean): string | undefined {
  const key = read(env, 'HUB_ADMIN_KEY');
  if (key === undefined) return undefined;
  if (/[^\x21-\x7e]/.test(key)) {
    throw new StartError(
      'HUB_ADMIN_KEY has spaces or characters that cannot go into a header: use letters and digits',
    );
  }
  if (production && key.length < 24) {
    throw new StartError(
      `HUB_ADMIN_KEY has ${key.length} characters: in production use 24 or more, such as the output of "openssl rand -hex 24"`,
    );
  }
  return key;
}

function readMasterKey(env: NodeJS.ProcessEnv, production: boolean): Buffer | undefined {
  const text = read(env, 'HUB_MASTER_KEY');
  const remedy = 'set it to 32 bytes in base64, such as the output of "openssl rand -base64 32"';
  if (text === undefined) {
    if (production) throw new StartError(`HUB_MASTER_KEY is not set and NODE_ENV is production: ${remedy}`);
    return undefined;
  }
  const key = Buffer.from(text, 'base64');
  if (key.length === 32 && key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return key;
  throw new StartError(`HUB_MASTER_KEY is not 32 bytes in base64: ${remedy}`);
}
