import { EventStore, Subscriptions } from '@rollcall/event-store';
import { PushEngine } from '@rollcall/provisioning';
import { directoryProjection } from '@rollcall/read-model';
import type { Lane } from './lane.js';
import { SeededDatabase } from './seeded-database.js';
import type { Carrier } from './seeded-queues.js';
import { targetModule } from './seeded-target.js';
import type { Actor, World } from './world.js';

export interface HubProcess {
  actor: Actor;
  database: SeededDatabase;
  engine: PushEngine;
}

/** The whole engine, as one process of the hub has it, in a world. Not started yet. */
export function hubProcess(
  world: World,
  lane: Lane,
  carrier: Carrier,
  name: string,
  intensity: number,
): HubProcess {
  const actor = world.actor(name, true);
  const database = new SeededDatabase(lane, world, actor, intensity);
  const events = new EventStore(database.asDatabase, lane.keyring);
  const subscriptions = new Subscriptions(database.asDatabase, events);
  const engine = new PushEngine({
    database: database.asDatabase,
    events,
    subscriptions,
    keyring: lane.keyring,
    queues: carrier.of(actor),
    connectors: { module: () => targetModule, runtime: { userAgent: 'rollcall-test' } },
    project: (tenantId) => subscriptions.catchUp(tenantId, directoryProjection),
    log: (message, details) => world.tell(`        ${message} ${String(details.error ?? '')}`),
  });
  return { actor, database, engine };
}
