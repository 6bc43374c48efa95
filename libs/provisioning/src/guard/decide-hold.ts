import type { EventStore } from '@rollcall/event-store';
import { Database, Queues } from '@rollcall/platform';
import type { PoolClient } from 'pg';
import { pokeWorkers } from '../push/poke-workers.js';
import { closeHolds } from './close-holds.js';
import { connectionEvent } from './connection.events.js';
import { HoldNotFound, NotInHold } from './holds.errors.js';

export interface HoldDecision {
  decision: 'allowed' | 'denied';
  /** Undefined: all that nobody has decided on. */
  subjectIds?: string[];
  note?: string;
  /** Who decides: "admin:<key id>". */
  actor: string;
}

interface Parts {
  database: Database;
  events: EventStore;
  queues: Queues;
}

/**
 * Allows or denies what waits in a change set. What is allowed is planned anew when its turn comes, and done only
 * if it is still wanted. A decision can be changed until it has been carried out.
 * @returns how many were decided on. Throws HoldNotFound, NotInHold.
 */
export async function decideHold(
  { database, events, queues }: Parts,
  tenantId: string,
  holdId: string,
  { decision, subjectIds, note, actor }: HoldDecision,
): Promise<number> {
  const decided = await database.transaction(async (client) => {
    const { rows } = await client.query<{ connectionId: string; action: string }>(
      `select connection_id as "connectionId", action from hub.hold where tenant_id = $1 and id = $2`,
      [tenantId, holdId],
    );
    const [hold] = rows;
    if (!hold) throw new HoldNotFound(holdId);
    const ids = await waiting(client, tenantId, holdId, decision, subjectIds);
    const missing = (subjectIds ?? []).filter((id) => !ids.includes(id.toLowerCase()));
    if (missing.length > 0) throw new NotInHold(missing);
    if (ids.length === 0) return 0;
    const { connectionId, action } = hold;
    await client.query(
      `with due as (
         select subject_id from hub.work_item
         where tenant_id = $1 and connection_id = $2 and subject_id = any($3::uuid[]) and hold->>'id' = $4
         order by subject_id for update)
       update hub.work_item w set state = 'due', due_at = now(), attempts = 0, revision = w.revision + 1,
         hold = jsonb_build_object('id', $4::text, 'action', $5::text, 'verdict', $6::text, 'position', w.wanted,
           'note', $7::text)
       from due where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = due.subject_id`,
      [tenantId, connectionId, ids, holdId, action, decision, note ?? null],
    );
    await client.query(
      `update hub.hold_item set state = $4, decided_at = now(), decided_by = $5, note = $6
       where tenant_id = $1 and hold_id = $2 and subject_id = any($3::uuid[])`,
      [tenantId, holdId, ids, decision, actor, note ?? null],
    );
    const closed = await closeHolds(client, tenantId, connectionId, [holdId]);
    const payload = { holdId, decision, subjectIds: ids, note: note ?? null };
    const event = connectionEvent(connectionId, { type: 'hold.decided', payload }, actor);
    await events.appendIn(client, tenantId, [event, ...closed]);
    return ids.length;
  });
  if (decided > 0) await pokeWorkers(queues);
  return decided;
}

async function waiting(
  client: PoolClient,
  tenantId: string,
  holdId: string,
  decision: HoldDecision['decision'],
  subjectIds: string[] | undefined,
): Promise<string[]> {
  const states = subjectIds ? ['held', decision === 'allowed' ? 'denied' : 'allowed'] : ['held'];
  const { rows } = await client.query<{ id: string }>(
    `select subject_id as id from hub.hold_item
     where tenant_id = $1 and hold_id = $2 and state = any($3) and ($4::uuid[] is null or subject_id = any($4))
     order by subject_id`,
    [tenantId, holdId, states, subjectIds ?? null],
  );
  return rows.map(({ id }) => id);
}
