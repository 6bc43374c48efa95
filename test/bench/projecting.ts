import { randomBytes, randomUUID } from 'node:crypto';
import { userStream } from '@rollcall/directory';
import { EventStore, Subscriptions } from '@rollcall/event-store';
import { Database, Keyring } from '@rollcall/platform';
import { directoryProjection } from '@rollcall/read-model';
import { v7 as uuid } from 'uuid';
import { type Comparison, compare, type Round } from './compare.js';
import { entraUser } from './entra-user.js';
import { Bench } from './processes.js';

/** Deriving the tables from so many events, beside one INSERT ... SELECT of the rows that come of it. */
export async function projecting(users = 100_000): Promise<Comparison[]> {
  const bench = await Bench.open();
  let database: Database | undefined;
  try {
    const url = await bench.database('hub');
    const hub = await bench.startHub(url, { HUB_ROLES: 'api' });
    await bench.stop(hub.child);
    database = await Database.connect({ url, poolSize: 20, entities: [], migrations: [] });
    const [{ tenantId } = { tenantId: '' }] = await database.query<{ tenantId: string }>(
      'select tenant_id as "tenantId" from hub.tenant where is_default',
    );
    const store = new EventStore(database, new Keyring(randomBytes(32)));
    const subscriptions = new Subscriptions(database, store);
    await appendUsers(store, tenantId, users);
    await database.query('create table hub.copied (like hub.directory_user including all)');

    const what = `projecting ${users} user events, beside one INSERT ... SELECT of the same rows`;
    const row = await compare(what, 0.2, 3, {
      ours: async () => {
        await emptied(database!, ['hub.directory_user', 'hub.checkpoint', 'hub.copied']);
        return timed(users, () => subscriptions.catchUp(tenantId, directoryProjection));
      },
      bare: async () => {
        await emptied(database!, ['hub.copied']);
        // The first round has no rows to copy yet.
        await subscriptions.catchUp(tenantId, directoryProjection);
        return timed(users, () => database!.query('insert into hub.copied select * from hub.directory_user'));
      },
    });
    return [row];
  } finally {
    await database?.close();
    await bench.close();
  }
}

export async function appendUsers(store: EventStore, tenantId: string, users: number): Promise<void> {
  let number = 0;
  const appender = async () => {
    while (number < users) {
      const { schemas: _schemas, ...attributes } = entraUser(number++);
      const id = uuid();
      const metadata = { source: id, actor: 'bench', correlation: randomUUID() };
      const events = [{ type: 'user.created', payload: { attributes } }];
      await store.append(tenantId, {
        streamId: id,
        streamType: userStream,
        expected: 'none',
        events,
        metadata,
      });
    }
  };
  await Promise.all(Array.from({ length: 64 }, appender));
}

async function emptied(database: Database, tables: string[]): Promise<void> {
  for (const table of tables) await database.query(`truncate ${table}`);
  await database.query('checkpoint');
}

async function timed(rows: number, work: () => Promise<unknown>): Promise<Round> {
  const start = performance.now();
  await work();
  return { perSecond: (rows * 1000) / (performance.now() - start) };
}
