import { randomBytes } from 'node:crypto';
import type { ConnectorModule } from '@rollcall/connectors';
import { eventStoreMigrations } from '@rollcall/event-store';
import { Keyring, type Queues } from '@rollcall/platform';
import { ConnectionEntity, Connections, provisioningMigrations } from '@rollcall/provisioning';
import { readModelMigrations } from '@rollcall/read-model';
import pg from 'pg';
import { createTestDatabase } from '../../harness/index.js';
import { inEarnest } from './world.js';

/** In Postgres, too, it is the history's time: now() is found here before it is found in pg_catalog. */
const clock = `
  create schema clock;
  create function clock.now() returns timestamptz stable language sql as
    $$ select current_setting('clock.now')::timestamptz $$;
  create function clock.clock_timestamp() returns timestamptz stable language sql as
    $$ select current_setting('clock.now')::timestamptz $$;
  do $$ declare d record; begin
    for d in select table_name, column_name from information_schema.columns
             where table_schema = 'hub' and column_default = 'now()' loop
      execute format('alter table hub.%I alter column %I set default clock.now()', d.table_name, d.column_name);
    end loop;
  end $$;`;
const settings =
  '-c search_path=clock,pg_catalog,public -c enable_seqscan=off -c jit=off -c clock.now=2000-01-01';
const quiet = { queue: () => ({ add: async () => undefined }) } as unknown as Queues;
const keptTables = ['connection', 'connection_version', 'migration'];

/** A database in which one history after another happens, and a connection that is set back for each. */
export class Lane {
  readonly keyring = new Keyring(randomBytes(32));
  private readonly spare: pg.Client[] = [];
  private readonly all: pg.Client[] = [];
  private readonly known = new Map<pg.Client, number>();
  private clean = '';

  connectionId = '';

  private constructor(
    readonly tenantId: string,
    private readonly url: string,
    private readonly drop: () => Promise<void>,
  ) {}

  static async open(module: ConnectorModule): Promise<Lane> {
    const { database, url, drop } = await createTestDatabase({
      entities: [ConnectionEntity],
      migrations: [...eventStoreMigrations, ...readModelMigrations, ...provisioningMigrations],
      poolSize: 2,
    });
    const lane = new Lane('00000000-0000-4000-8000-000000000001', url, drop);
    const access = { module: () => module, runtime: { userAgent: 'rollcall-test' } };
    const { id } = await new Connections(database, lane.keyring, quiet, access).create(lane.tenantId, {
      name: 'Memory',
      connector: 'memory',
      settings: {},
      credentials: {},
    });
    lane.connectionId = id;
    await database.query(clock);
    const tables = await database.query<{ name: string }>(
      `select table_name as name from information_schema.columns
       where table_schema = 'hub' and column_name = 'tenant_id' and table_name <> all($1)`,
      [keptTables],
    );
    // Which of two rows comes first where both may: that, too, is to be the same each time.
    lane.clean = tables
      .map(({ name }) => (name.startsWith('work_') ? `truncate hub.${name}` : `delete from hub.${name}`))
      .join('; ');
    return lane;
  }

  /** As if nothing had ever been. */
  async begin(scope: object, policy: object, mappings: object): Promise<void> {
    const client = await this.client();
    await client.query(this.clean);
    await client.query(
      `update hub.connection set state = 'enabled', scope = $1, policy = $2, mappings = $3, failures = 0,
         state_reason = null, not_before = null, quarantined_at = null, resync_requested = 0, resync_done = 0`,
      [scope, policy, mappings],
    );
    this.putBack(client);
  }

  async client(): Promise<pg.Client> {
    const free = this.spare.pop();
    if (free) return free;
    const client = new pg.Client({ connectionString: this.url, options: settings });
    client.on('error', () => undefined);
    await inEarnest(() => client.connect());
    this.all.push(client);
    return client;
  }

  putBack(client: pg.Client): void {
    this.spare.push(client);
  }

  async query<T>(
    client: pg.Client,
    now: number,
    statement: never,
    values?: unknown[],
  ): Promise<pg.QueryResult & { rows: T[] }> {
    return inEarnest(async () => {
      if (this.known.get(client) !== now) {
        await client.query(`set clock.now = '${new Date(now).toISOString()}'`);
        this.known.set(client, now);
      }
      const result = await client.query<Record<string, unknown>>(statement, values as never);
      if (result.rows?.length > 1 && !ordered(statement)) {
        const keys = new Map(result.rows.map((row) => [row, JSON.stringify(row)]));
        result.rows.sort((a, b) => (keys.get(a)! < keys.get(b)! ? -1 : 1));
      }
      return result as never;
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((client) => client.end()));
    await this.drop();
  }
}

/** Rows that come in no order come in one that is always the same. */
function ordered(statement: string | { text: string }): boolean {
  return /order by[^)]*$/i.test(typeof statement === 'string' ? statement : statement.text);
}
