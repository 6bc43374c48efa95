import { relative } from 'node:path';
import {
  Database,
  EmbeddedPostgres,
  type HubConfig,
  lockDataFolder,
  migrateSafely,
  StartError,
} from '@rollcall/platform';
import { entities, migrations } from '../migrations.js';

export interface OpenDatabase {
  database: Database;
  url: string;
  close(): Promise<void>;
}

/** The database DATABASE_URL names, else an embedded one; migrated. */
export async function openDatabase(config: HubConfig): Promise<OpenDatabase> {
  if (config.databaseUrl) {
    const database = await connect(config.databaseUrl, 'The database');
    return { database, url: config.databaseUrl, close: () => database.close() };
  }
  const unlock = await lockDataFolder(config.dataFolder);
  let postgres: EmbeddedPostgres | undefined;
  try {
    const running = await EmbeddedPostgres.start({ folder: config.dataFolder });
    postgres = running;
    const place = `Data folder ${relative(process.cwd(), config.dataFolder) || '.'}`;
    const database = await connect(running.url, place);
    return {
      database,
      url: running.url,
      async close() {
        await database.close();
        await running.stop();
        await unlock();
      },
    };
  } catch (error) {
    await postgres?.stop();
    await unlock();
    throw error;
  }
}

async function connect(url: string, place: string): Promise<Database> {
  let database: Database;
  try {
    database = await Database.connect({ url, entities, migrations });
  } catch (error) {
    throw unreachable(url, error as Error & { code?: string });
  }
  try {
    await migrateSafely(database, url, place);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

function unreachable(url: string, error: Error & { code?: string }): Error {
  const { host, pathname } = new URL(url);
  const name = decodeURIComponent(pathname.slice(1));
  const remedies: Record<string, string> = {
    '28P01': 'correct user and password in DATABASE_URL',
    '28000': 'correct user and password in DATABASE_URL',
    '3D000': `create it ("create database ${name}"), or correct DATABASE_URL`,
    ENOTFOUND: 'correct the host in DATABASE_URL',
  };
  const reason = error.message || error.code || 'no answer';
  const remedy = remedies[error.code ?? ''] ?? 'start it, or correct DATABASE_URL';
  return new StartError(`The database "${name}" at ${host} is not reachable (${reason}): ${remedy}`);
}
