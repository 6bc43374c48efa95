import pg from 'pg';
import { DataSource, type EntityTarget, type MigrationInterface, type ObjectLiteral } from 'typeorm';

export interface DatabaseOptions {
  url: string;
  /** Connections at most. Defaults to 20. */
  poolSize?: number;
  entities?: EntityTarget<ObjectLiteral>[];
  migrations?: (new () => MigrationInterface)[];
  /** Shown in pg_stat_activity. */
  applicationName?: string;
}

export type Statement = string | { name: string; text: string };

/**
 * Statements here look rows up by key. A plan that was made and cached while a table was small would read all
 * of it when a first load has filled it, until the next ANALYZE: so a sequential scan is the last resort.
 */
const plannerSettings = '-c enable_seqscan=off -c jit=off';

/** One TypeORM DataSource and the pg pool beneath it, so that entities and plain SQL share connections. */
export class Database {
  private constructor(
    readonly dataSource: DataSource,
    readonly pool: pg.Pool,
  ) {}

  static async connect(options: DatabaseOptions): Promise<Database> {
    const dataSource = new DataSource({
      type: 'postgres',
      url: options.url,
      schema: 'hub',
      entities: (options.entities ?? []) as never[],
      migrations: options.migrations ?? [],
      migrationsTableName: 'migration',
      applicationName: options.applicationName ?? 'rollcall',
      extra: {
        max: options.poolSize ?? 20,
        connectionTimeoutMillis: 10_000,
        keepAlive: true,
        options: plannerSettings,
        // One in use that the server closes between two queries must not end the process: the pool itself listens
        // only while it is idle. A listener for the pool's events would miss the clients of initialize().
        onConnect: (client: pg.PoolClient) => void client.on('error', () => undefined),
      },
    });
    await dataSource.initialize();
    const pool = (dataSource.driver as unknown as { master: pg.Pool }).master;
    // An idle connection that the server closes must not end the process; the next query reports it.
    pool.on('error', () => undefined);
    return new Database(dataSource, pool);
  }

  async migrate(): Promise<void> {
    await this.query('create schema if not exists hub');
    await this.dataSource.runMigrations({ transaction: 'all' });
  }

  async query<T = Record<string, unknown>>(statement: Statement, values: unknown[] = []): Promise<T[]> {
    const result =
      typeof statement === 'string'
        ? await this.pool.query(statement, values)
        : await this.pool.query({ ...statement, values });
    return result.rows as T[];
  }

  async transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }
}
