import type { EventStore } from '@rollcall/event-store';
import { Database, Queues } from '@rollcall/platform';
import { ConnectionNotFound } from '../connections/connection.errors.js';
import { connectionEvent } from '../guard/connection.events.js';
import { pokeWorkers } from './poke-workers.js';

interface Parts {
  database: Database;
  events: EventStore;
  queues: Queues;
}

/**
 * Nothing is sent until the time is over or somebody resumes: changes wait and come to one operation a subject.
 * What is under way ends. Pausing again changes time and reason. Throws ConnectionNotFound.
 */
export async function pauseConnection(
  { database, events, queues }: Parts,
  tenantId: string,
  connectionId: string,
  { until, reason, actor }: { until?: Date; reason?: string; actor: string },
): Promise<void> {
  await database.transaction(async (client) => {
    const { rowCount } = await client.query(
      `update hub.connection set paused_at = coalesce(paused_at, now()), paused_until = $3, pause_reason = $4,
         paused_by = $5
       where tenant_id = $1 and id = $2`,
      [tenantId, connectionId, until ?? null, reason ?? null, actor],
    );
    if (rowCount === 0) throw new ConnectionNotFound(connectionId);
    const payload = { until: until?.toISOString() ?? null, reason: reason ?? null };
    const event = connectionEvent(connectionId, { type: 'connection.paused', payload }, actor);
    await events.appendIn(client, tenantId, [event]);
  });
  await pokeWorkers(queues);
}

/** Sends on at once; nothing happens to a connection that is not paused. Throws ConnectionNotFound. */
export async function resumeConnection(
  { database, events, queues }: Parts,
  tenantId: string,
  connectionId: string,
  actor: string,
): Promise<void> {
  const known = await database.query(`select from hub.connection where tenant_id = $1 and id = $2`, [
    tenantId,
    connectionId,
  ]);
  if (known.length === 0) throw new ConnectionNotFound(connectionId);
  await resume(database, events, tenantId, connectionId, actor, 'true');
  await pokeWorkers(queues);
}

/** Ends the pauses whose time is over. */
export async function endPauses(database: Database, events: EventStore): Promise<void> {
  const over = await database.query<{ tenantId: string; id: string }>(
    `select tenant_id as "tenantId", id from hub.connection where paused_until <= now()`,
  );
  for (const { tenantId, id } of over) {
    await resume(database, events, tenantId, id, 'hub', 'paused_until <= now()');
  }
}

async function resume(
  database: Database,
  events: EventStore,
  tenantId: string,
  connectionId: string,
  actor: string,
  condition: string,
): Promise<void> {
  await database.transaction(async (client) => {
    const { rowCount } = await client.query(
      `update hub.connection set paused_at = null, paused_until = null, pause_reason = null, paused_by = null
       where tenant_id = $1 and id = $2 and paused_at is not null and ${condition}`,
      [tenantId, connectionId],
    );
    if (rowCount === 0) return;
    const reason = actor === 'hub' ? 'The time of the pause is over.' : 'Resumed by an administrator.';
    const event = connectionEvent(connectionId, { type: 'connection.resumed', payload: { reason } }, actor);
    await events.appendIn(client, tenantId, [event]);
  });
}
