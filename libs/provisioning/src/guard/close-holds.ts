import type { Append, EventStore } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import type { PoolClient } from 'pg';
import { connectionEvent } from './connection.events.js';

/** Settles where change sets stand that nobody waits in any more. Answers the events of those that closed. */
export async function closeHolds(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  holdIds: string[],
): Promise<Append[]> {
  if (holdIds.length === 0) return [];
  const { rows } = await client.query<{ id: string; state: string; closed: boolean }>(
    `with counted as (
       select h.id, h.state = 'open' as closed,
         (select count(*) filter (where i.state = 'held') from hub.hold_item i
          where i.tenant_id = $1 and i.hold_id = h.id) as held,
         (select count(*) filter (where i.state in ('allowed', 'done')) from hub.hold_item i
          where i.tenant_id = $1 and i.hold_id = h.id) as allowed,
         (select count(*) filter (where i.state = 'denied') from hub.hold_item i
          where i.tenant_id = $1 and i.hold_id = h.id) as denied
       from hub.hold h where h.tenant_id = $1 and h.id = any($2::uuid[]) for update of h)
     update hub.hold h set closed_at = coalesce(h.closed_at, now()),
       state = case when allowed > 0 and denied > 0 then 'partly-allowed' when allowed > 0 then 'allowed'
                    when denied > 0 then 'denied' else 'withdrawn' end
     from counted where h.tenant_id = $1 and h.id = counted.id and counted.held = 0
     returning h.id, h.state, counted.closed`,
    [tenantId, holdIds],
  );
  return rows
    .filter(({ closed }) => closed)
    .map(({ id, state }) =>
      connectionEvent(connectionId, { type: 'hold.closed', payload: { holdId: id, state } }, 'hub'),
    );
}

/** A process that died between opening a change set and putting somebody into it leaves an empty one. */
export async function closeEmptyHolds(database: Database, events: EventStore): Promise<void> {
  const empty = await database.query<{ tenantId: string; connectionId: string; id: string }>(
    `select tenant_id as "tenantId", connection_id as "connectionId", id from hub.hold h
     where h.state = 'open' and h.opened_at < now() - interval '1 minute' and not exists (
       select from hub.hold_item i where i.tenant_id = h.tenant_id and i.hold_id = h.id and i.state = 'held')`,
  );
  for (const { tenantId, connectionId, id } of empty) {
    await database.transaction(async (client) => {
      await events.appendIn(client, tenantId, await closeHolds(client, tenantId, connectionId, [id]));
    });
  }
}
