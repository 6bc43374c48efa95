import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { userStream } from '@rollcall/directory';
import { EventStore, Subscriptions } from '@rollcall/event-store';
import { Database, Keyring } from '@rollcall/platform';
import { dispatch } from '@rollcall/provisioning';
import { directoryProjection } from '@rollcall/read-model';
import { v7 as uuid } from 'uuid';
import type { Comparison } from './compare.js';
import { entraUser } from './entra-user.js';
import { Bench, type Hub } from './processes.js';

const connections = 20;
const keyring = new Keyring(randomBytes(32));

/**
 * One event a user for twenty connections: work items made, beside one INSERT ... SELECT of the same rows, and the
 * memory of the process that makes them and of a hub that works on them, which is to stay flat.
 */
export async function dispatchScale(users = 100_000): Promise<Comparison[]> {
  const bench = await Bench.open();
  let database: Database | undefined;
  try {
    const url = await bench.database('hub');
    const api = await bench.startHub(url, { HUB_ROLES: 'api' });
    await connect(api);
    await bench.stop(api.child);
    database = await Database.connect({ url, poolSize: 20, entities: [], migrations: [] });
    const [{ tenantId } = { tenantId: '' }] = await database.query<{ tenantId: string }>(
      'select tenant_id as "tenantId" from hub.tenant where is_default',
    );
    const store = new EventStore(database, keyring);
    const subscriptions = new Subscriptions(database, store);
    await append(store, tenantId, users);
    await subscriptions.catchUp(tenantId, directoryProjection);

    const before = process.memoryUsage.rss();
    let most = before;
    const watching = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
    const items = users * connections;
    const ours = await perSecond(items, () => subscriptions.catchUp(tenantId, dispatch));
    clearInterval(watching);
    await database.query('create table hub.copied (like hub.work_item including all)');
    const bare = await perSecond(items, () =>
      database!.query(
        'insert into hub.copied select * from hub.work_item order by connection_id, subject_id',
      ),
    );
    console.log(
      `dispatching ${items} items took the process ${megabytes(most - before)} MB more than before`,
    );
    await database.query('drop table hub.copied');
    await watchHub(bench, url, database, items);
    const ratio = ours / bare;
    const what = `work items of ${users} users for ${connections} connections, beside one INSERT ... SELECT of them`;
    return [{ what, ours, bare, ratio, lowest: ratio, highest: ratio }];
  } finally {
    await database?.close();
    await bench.close();
  }
}

/** To a place where nobody answers: everything stays due. */
async function connect(hub: Hub): Promise<void> {
  for (let at = 0; at < connections; at += 1) {
    const { id } = await hub.admin<{ id: string }>('POST', 'connections', {
      name: `App ${at}`,
      connector: 'scim2',
      settings: { baseUrl: `http://127.0.0.1:${9 + at}/scim/v2` },
      credentials: { type: 'bearer', token: 'nobody-is-there' },
    });
    await hub.admin('POST', `connections/${id}/enable`);
  }
}

/** A hub with nothing due, and the same with everything due, handed out and tried for a minute. */
async function watchHub(bench: Bench, url: string, database: Database, items: number): Promise<void> {
  await database.query(`update hub.work_item set due_at = now() + interval '1 day'`);
  const idle = await mostMemory(bench, url, 20);
  await database.query('update hub.work_item set due_at = now()');
  await database.query('update hub.connection set not_before = null, failures = 0');
  const busy = await mostMemory(bench, url, 60);
  console.log(
    `a hub with ${items} items due: ${megabytes(busy)} MB; idle: ${megabytes(idle)} MB; ${megabytes(busy - idle)} MB more (300 at most)`,
  );
}

/** Resident bytes of a hub of its own, at most. */
async function mostMemory(bench: Bench, url: string, seconds: number): Promise<number> {
  const hub = await bench.startHub(url);
  let most = 0;
  const until = Date.now() + seconds * 1_000;
  while (Date.now() < until) {
    const status = await readFile(`/proc/${hub.child.pid}/status`, 'utf8');
    most = Math.max(most, Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1_024);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await bench.stop(hub.child);
  return most;
}

async function append(store: EventStore, tenantId: string, users: number): Promise<void> {
  let number = 0;
  const appender = async () => {
    while (number < users) {
      const { schemas: _schemas, ...attributes } = entraUser(number++);
      const streamId = uuid();
      const metadata = { source: streamId, actor: 'bench', correlation: randomUUID() };
      const events = [{ type: 'user.created', payload: { attributes } }];
      await store.append(tenantId, { streamId, streamType: userStream, expected: 'none', events, metadata });
    }
  };
  await Promise.all(Array.from({ length: 64 }, appender));
}

async function perSecond(rows: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (rows * 1_000) / (performance.now() - start);
}

const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
