import { relative } from 'node:path';
import type { HubConfig, Keys } from '@rollcall/platform';
import { version } from './version.js';

export interface Started {
  url: string;
  config: HubConfig;
  keys: Keys;
  backend: 'redis' | 'postgres';
}

/** What the person at the terminal needs next. A new admin key is in it, this once. */
export function banner({ url, config, keys, backend }: Started): string {
  const lines: [string, string][] = config.roles.has('api')
    ? [
        ['Console', `${url}/`],
        ['API docs', `${url}/api/docs`],
        ['SCIM base', `${url}/scim/v2`],
        ['Queues', `${url}/queues`],
        ['Admin key', whereIsKey(keys)],
      ]
    : [['Health', `${url}/health/ready`]];
  const database = config.databaseUrl
    ? 'PostgreSQL'
    : `embedded PostgreSQL in ${fromHere(config.dataFolder)}`;
  const parts = `${[...config.roles].join(' and ')}, ${database}, queues in ${backend === 'redis' ? 'Redis' : 'PostgreSQL'}`;
  return [
    '',
    `  Rollcall ${version} is running (${parts})`,
    '',
    ...lines.map(([name, value]) => `  ${name.padEnd(11)}${value}`),
    '',
    '',
  ].join('\n');
}

function whereIsKey({ adminKey, adminKeyFile, adminKeyIsNew }: Keys): string {
  if (!adminKeyFile) return 'as set in HUB_ADMIN_KEY';
  if (adminKeyIsNew) return `${adminKey} (shown this once, kept in ${fromHere(adminKeyFile)})`;
  return `in ${fromHere(adminKeyFile)}`;
}

function fromHere(path: string): string {
  const here = relative(process.cwd(), path);
  return here.startsWith('..') ? path : here || '.';
}
