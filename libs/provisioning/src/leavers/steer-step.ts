import type { EventStore } from '@rollcall/event-store';
import { Database, Queues } from '@rollcall/platform';
import type { PoolClient } from 'pg';
import { connectionEvent } from '../guard/connection.events.js';
import { pokeWorkers } from '../push/poke-workers.js';
import { dueAgain } from '../work/wake-waiting.js';
import { deletedAt } from './read-steps.js';

/** Nothing is planned for this user at this connection. */
export class StepNotFound extends Error {}

/** The step does not stand so that it can be cancelled or restored. Nothing was changed. */
export class StepNotAsked extends Error {
  constructor(readonly why: 'under-way' | 'cancelled' | 'scheduled') {
    super(why);
  }
}

interface Parts {
  database: Database;
  events: EventStore;
  queues: Queues;
}

interface Step {
  connectionId: string;
  userId: string;
}

/** The account stays as it is, deactivated, until the step is restored or the user comes back. Throws StepNotFound, StepNotAsked. */
export async function cancelStep(
  parts: Parts,
  tenantId: string,
  step: Step,
  { note, actor }: { note?: string; actor: string },
): Promise<void> {
  await steer(parts, tenantId, step, async (client, { at, kept }) => {
    if (kept) throw new StepNotAsked('cancelled');
    await client.query(
      `update hub.target_object set kept = jsonb_build_object('at', now(), 'by', $4::text, 'note', $5::text)
       where tenant_id = $1 and connection_id = $2 and subject_id = $3`,
      [tenantId, step.connectionId, step.userId, actor, note ?? null],
    );
    const payload = {
      subjectId: step.userId,
      action: 'delete' as const,
      at: at.toISOString(),
      note: note ?? null,
    };
    return connectionEvent(step.connectionId, { type: 'step.cancelled', payload }, actor);
  });
}

/**
 * As if it had not been cancelled; where its time has passed meanwhile the whole grace time begins anew. Throws
 * StepNotFound, StepNotAsked.
 */
export async function restoreStep(parts: Parts, tenantId: string, step: Step, actor: string): Promise<void> {
  await steer(parts, tenantId, step, async (client, { kept }) => {
    if (!kept) throw new StepNotAsked('scheduled');
    const { rows } = await client.query<{ at: Date }>(
      `update hub.target_object t set kept = null,
         leaving_since = case when ${deletedAt} <= now() then now() else t.leaving_since end
       from hub.connection c
       where t.tenant_id = $1 and t.connection_id = $2 and t.subject_id = $3 and c.tenant_id = $1 and c.id = $2
       returning ${deletedAt} as at`,
      [tenantId, step.connectionId, step.userId],
    );
    const payload = { subjectId: step.userId, action: 'delete' as const, at: rows[0]!.at.toISOString() };
    return connectionEvent(step.connectionId, { type: 'step.restored', payload }, actor);
  });
}

async function steer(
  { database, events, queues }: Parts,
  tenantId: string,
  { connectionId, userId }: Step,
  change: (
    client: PoolClient,
    found: { at: Date; kept: object | null },
  ) => Promise<ReturnType<typeof connectionEvent>>,
): Promise<void> {
  const key = [tenantId, connectionId, userId];
  await database.transaction(async (client) => {
    const items = await client.query<{ leased: boolean }>(
      `select lease_owner is not null as leased from hub.work_item
       where tenant_id = $1 and connection_id = $2 and subject_id = $3 for update`,
      key,
    );
    const { rows } = await client.query<{ at: Date; kept: object | null }>(
      `select ${deletedAt} as at, t.kept from hub.target_object t
       join hub.connection c on c.tenant_id = t.tenant_id and c.id = t.connection_id
       where t.tenant_id = $1 and t.connection_id = $2 and t.subject_id = $3 and t.subject_type = 'user'
         and t.leaving_since is not null and t.state in ('active', 'inactive')
       for update of t`,
      key,
    );
    if (!rows[0]) throw new StepNotFound();
    if (items.rows[0]?.leased) throw new StepNotAsked('under-way');
    const event = await change(client, rows[0]);
    await client.query(
      `update hub.work_item w set ${dueAgain}
       where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = $3`,
      key,
    );
    await events.appendIn(client, tenantId, [event]);
  });
  await pokeWorkers(queues);
}
