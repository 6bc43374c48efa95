import { createHash, randomBytes } from 'node:crypto';
import { Database, type DatabaseOptions } from '@rollcall/platform';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  url: string;
  /** Connected, with the entities and migrations asked for; the migrations have run. */
  database: Database;
  /** Closes the connections above and drops the database, whoever else is still in it. */
  drop(): Promise<void>;
}

/** A database nobody else uses. With migrations it is a copy of a template on which they ran once. */
export async function createTestDatabase(options: Omit<DatabaseOptions, 'url'> = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(async (client) => {
    const template = await templateFor(client, options.migrations);
    await client.query(`create database ${name} template ${template}`);
  });
  const url = urlOf(name);
  const database = await Database.connect({ poolSize: 10, ...options, url });
  return {
    url,
    database,
    async drop() {
      await database.close();
      await onServer((client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

async function templateFor(client: pg.Client, migrations: DatabaseOptions['migrations']): Promise<string> {
  if (!migrations?.length) return 'template0';
  const key = createHash('sha256').update(migrations.map(String).join('\n')).digest('hex').slice(0, 16);
  const template = `template_${key}`;
  await client.query('select pg_advisory_lock(hashtext($1))', [template]);
  const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
  if (rowCount === 0) {
    const unfinished = `${template}_unfinished`;
    await client.query(`drop database if exists ${unfinished} with (force)`);
    await client.query(`create database ${unfinished} template template0`);
    const database = await Database.connect({ url: urlOf(unfinished), migrations, poolSize: 1 });
    await database.migrate().finally(() => database.close());
    await client.query(`alter database ${unfinished} rename to ${template}`);
  }
  await client.query('select pg_advisory_unlock(hashtext($1))', [template]);
  return template;
}

async function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(name: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  return url.href;
}
