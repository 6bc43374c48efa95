import { describe, expect, it } from 'vitest';
import { StartError } from '../start.errors.js';
import { HubConfig } from './config.js';

describe('configuration', () => {
  it('needs nothing set', () => {
    const config = HubConfig.load({});
    expect(config).toMatchObject({ production: false, host: '127.0.0.1', port: 3000 });
    expect([...config.roles]).toEqual(['api', 'worker']);
    expect(config.dataFolder).toMatch(/\/\.hub$/);
    expect(config.allowTargetAddress).toBeUndefined();
    expect(config.trustedProxies).toBeUndefined();
    expect(config.csvFolders).toEqual([]);
  });

  it('reads what is set', () => {
    const config = HubConfig.load({
      HUB_PORT: '8080',
      HUB_HOST: '0.0.0.0',
      HUB_ROLES: 'worker',
      HUB_DATA_DIR: '/var/lib/rollcall',
      DATABASE_URL: 'postgres://u:p@db/hub',
      REDIS_URL: 'rediss://cache:6380',
      HUB_ADMIN_KEY: 'abc',
      HUB_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      HUB_TRUSTED_PROXIES: '127.0.0.1, 10.1.2.0/24',
      HUB_CSV_FOLDERS: '/srv/exchange, /srv/hr',
    });
    expect(config).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
      dataFolder: '/var/lib/rollcall',
      adminKey: 'abc',
    });
    expect([...config.roles]).toEqual(['worker']);
    expect(config.masterKey).toEqual(Buffer.alloc(32, 7));
    expect(config.csvFolders).toEqual(['/srv/exchange', '/srv/hr']);
    expect(config.trustedProxies!.contains('10.1.2.3')).toBe(true);
    expect(config.trustedProxies!.contains('10.1.3.3')).toBe(false);
  });

  it.each([
    [{ HUB_PORT: '80000' }, 'HUB_PORT is "80000": set it to a port number'],
    [{ HUB_PORT: '3000x' }, 'HUB_PORT is "3000x"'],
    [{ HUB_ROLES: 'api,cook' }, 'HUB_ROLES is "api,cook": set it to "api", "worker" or "api,worker"'],
    [{ DATABASE_URL: 'mysql://db' }, 'DATABASE_URL is "mysql://db": set it to a URL such as postgres://'],
    [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL is "localhost:6379": set it to a URL such as redis://'],
    [{ HUB_MASTER_KEY: 'c2hvcnQ=' }, 'HUB_MASTER_KEY is not 32 bytes in base64'],
    [{ NODE_ENV: 'production' }, 'HUB_MASTER_KEY is not set and NODE_ENV is production'],
    [{ HUB_ADMIN_KEY: 'two words' }, 'HUB_ADMIN_KEY has spaces'],
    [{ HUB_TARGET_NETWORKS: '10.0.0.0/33' }, 'HUB_TARGET_NETWORKS has "10.0.0.0/33": list networks such as'],
    [{ HUB_TARGET_NETWORKS: 'intranet' }, 'HUB_TARGET_NETWORKS has "intranet"'],
    [{ HUB_CSV_FOLDERS: 'exchange' }, 'HUB_CSV_FOLDERS has "exchange": list folders by their whole path'],
    [{ HUB_CSV_FOLDERS: '/srv/hr,/' }, 'HUB_CSV_FOLDERS has "/"'],
    [{ HUB_TRUSTED_PROXIES: 'any' }, 'HUB_TRUSTED_PROXIES has "any": list networks such as'],
  ])('refuses %j and names variable, value and remedy', (env, message) => {
    expect(() => HubConfig.load(env)).toThrow(StartError);
    expect(() => HubConfig.load(env)).toThrow(message);
  });

  it('shows no password when a URL is wrong', () => {
    expect(() => HubConfig.load({ DATABASE_URL: 'mysql://root:hunter2@db/hub' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    );
  });

  it('wants a long admin key in production', () => {
    const env = { NODE_ENV: 'production', HUB_MASTER_KEY: Buffer.alloc(32).toString('base64') };
    expect(() => HubConfig.load({ ...env, HUB_ADMIN_KEY: 'short' })).toThrow(/24 or more/);
    expect(HubConfig.load({ ...env, HUB_ADMIN_KEY: 'x'.repeat(24) }).production).toBe(true);
  });
});
