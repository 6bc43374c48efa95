import { randomBytes } from 'node:crypto';
import { connectorModule } from '@rollcall/connectors';
import { EventStore, Subscriptions } from '@rollcall/event-store';
import { Database, Keyring, Queues } from '@rollcall/platform';
import { ConnectionEntity, Connections, runSimulation, Simulations } from '@rollcall/provisioning';
import { directoryProjection } from '@rollcall/read-model';
import { median } from './compare.js';
import type { Latency } from './outbound.js';
import { appendUsers } from './projecting.js';
import { Bench } from './processes.js';

const rounds = 3;

/**
 * A draft scope and policy over everybody, beside the saved ones: half of the users have accounts that lack most
 * values, the others none. From the start of the run to its result, nothing else going on.
 */
export async function simulation(users = 100_000): Promise<Latency[]> {
  const bench = await Bench.open();
  let database: Database | undefined;
  let queues: Queues | undefined;
  try {
    const url = await bench.database('hub');
    const hub = await bench.startHub(url, { HUB_ROLES: 'api' });
    await bench.stop(hub.child);
    database = await Database.connect({ url, poolSize: 20, entities: [ConnectionEntity], migrations: [] });
    queues = await Queues.open({ databaseUrl: url, prefix: 'bench' });
    const [{ tenantId } = { tenantId: '' }] = await database.query<{ tenantId: string }>(
      'select tenant_id as "tenantId" from hub.tenant where is_default',
    );
    const keyring = new Keyring(randomBytes(32));
    const store = new EventStore(database, keyring);
    const subscriptions = new Subscriptions(database, store);
    await appendUsers(store, tenantId, users);
    await subscriptions.catchUp(tenantId, directoryProjection);
    const connectors = { module: connectorModule, runtime: { userAgent: 'bench' } };
    const connections = new Connections(database, keyring, queues, connectors);
    const { id } = await connections.create(tenantId, {
      name: 'Simulated',
      connector: 'scim2',
      settings: { baseUrl: 'https://app.example.com/scim/v2' },
      credentials: { type: 'bearer', token: 'none' },
    });
    await database.query(
      `insert into hub.target_object (tenant_id, connection_id, subject_id, subject_type, remote_id, origin, state,
         written, config_version)
       select $1, $2, id, 'user', id::text, 'created', 'active', jsonb_build_object('userName', user_name), 1
       from hub.directory_user where tenant_id = $1 order by 3 limit $3`,
      [tenantId, id, Math.floor(users / 2)],
    );
    await database.query('analyze');
    const simulations = new Simulations(database, queues);
    const parts = { database, keyring, connectors, project: () => Promise.resolve() };
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { id: run } = await simulations.create(
        tenantId,
        id,
        { scope: { rule: 'userName co "1"' }, policy: { users: { onOutOfScope: 'delete' } } },
        'bench',
      );
      const start = performance.now();
      await runSimulation(parts, tenantId, run);
      times.push(performance.now() - start);
      const done = await simulations.get(tenantId, id, run);
      if (done?.state !== 'done' || done.done !== users) {
        throw new Error(`The simulation is ${done?.state}, at ${done?.done}: ${done?.error}`);
      }
    }
    return [
      {
        what: `simulating a draft for ${users} users, saved and draft configuration compared`,
        p50Ms: median(times),
        p95Ms: Math.max(...times),
        atMostMs: 60_000,
      },
    ];
  } finally {
    await queues?.close(1_000);
    await database?.close();
    await bench.close();
  }
}
