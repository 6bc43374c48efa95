import pg from 'pg';
import type { Database } from './database.js';
import { StartError } from './start.errors.js';

/** Any number, the same in all processes of a hub. */
const migrationLock = 7_106_281_339;

/**
 * Brings the database up to date. Processes that start together do it one after another.
 * @param place how the person at the terminal calls this database
 * @throws StartError when a newer hub has written it
 */
export async function migrateSafely(database: Database, url: string, place: string): Promise<void> {
  // A session of its own, since the pool may be as small as one connection.
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    const unknown = await unknownMigrations(database);
    if (unknown.length > 0) {
      throw new StartError(
        `${place} was written by a newer version of the hub (it has the migration ${unknown[0]}): start that version`,
      );
    }
    await database.migrate();
  } finally {
    await client.end();
  }
}

/** Whether all migrations of this program have run on the database. */
export async function isMigrated(database: Database): Promise<boolean> {
  const done = await migrationsDone(database);
  return database.dataSource.migrations.every((migration) => done.includes(migration.constructor.name));
}

async function unknownMigrations(database: Database): Promise<string[]> {
  const known = new Set(database.dataSource.migrations.map((migration) => migration.constructor.name));
  return (await migrationsDone(database)).filter((name) => !known.has(name));
}

async function migrationsDone(database: Database): Promise<string[]> {
  const [table] = await database.query<{ there: boolean }>(
    `select to_regclass('hub.migration') is not null as there`,
  );
  if (!table?.there) return [];
  const rows = await database.query<{ name: string }>('select name from hub.migration order by id');
  return rows.map(({ name }) => name);
}
