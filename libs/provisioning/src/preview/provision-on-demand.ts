import type { EventStore } from '@rollcall/event-store';
import { Database, Queues } from '@rollcall/platform';
import { pokeWorkers } from '../push/poke-workers.js';
import { type OperationPayload, targetObjectId } from '../report/operation.events.js';
import type { PreviewSubject } from './preview.js';

/** How a push that a person asked for ended. */
export interface Provisioned {
  /** nothing: the subject was in line already. waiting: it is still to come; its turn is in the queue. */
  status: 'succeeded' | 'failed' | 'retrying' | 'held' | 'skipped' | 'nothing' | 'waiting';
  text: string;
  operation?: OperationPayload;
}

/** Nothing can be sent now; the message says why and what to do. */
export class NotProvisionable extends Error {}

interface Parts {
  database: Database;
  events: EventStore;
  queues: Queues;
}

const lookEveryMs = 50;

/**
 * Makes one subject due before all others and waits until a worker has dealt with it, under its lease like any
 * other. Throws NotProvisionable.
 * @param waitMs how long to wait; the push comes to its end without us too
 */
export async function provisionOnDemand(
  { database, events, queues }: Parts,
  tenantId: string,
  connectionId: string,
  { type, id }: PreviewSubject,
  waitMs: number,
): Promise<Provisioned> {
  const [connection] = await database.query<{ why: string | null }>(
    `select case
       when state = 'disabled' then 'The connection is disabled: enable it, or ask for a preview.'
       when state = 'quarantined' then 'The connection is in quarantine: ' || coalesce(state_reason, 'the target fails')
         || '. Mend that, then enable it again.'
       when paused_at is not null and coalesce(paused_until > now(), true) then 'The connection is paused: resume it.'
       when not_before > now() then 'The target asked to wait until ' || not_before::text || '.'
     end as why from hub.connection where tenant_id = $1 and id = $2`,
    [tenantId, connectionId],
  );
  if (connection?.why) throw new NotProvisionable(connection.why);
  const streamId = targetObjectId(connectionId, id);
  const before = (await events.readStream(tenantId, streamId)).at(-1)?.version ?? 0;
  await makeDueFirst(database, tenantId, connectionId, type, id);
  await pokeWorkers(queues);
  const until = Date.now() + waitMs;
  for (;;) {
    const [item] = await database.query<{ settled: boolean }>(
      `select lease_owner is null and handed_until is null
         and (state not in ('due', 'retrying') or due_at > now()) as settled
       from hub.work_item where tenant_id = $1 and connection_id = $2 and subject_id = $3`,
      [tenantId, connectionId, id],
    );
    if (item?.settled) break;
    if (Date.now() > until) {
      return { status: 'waiting', text: 'It is due and will be done in its turn; the report will show it.' };
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  const operation = (await events.readStream(tenantId, streamId, before))
    .filter((event) => event.type.startsWith('operation.') && event.payload)
    .at(-1);
  if (!operation) return { status: 'nothing', text: 'Nothing was to be done.' };
  const payload = operation.payload as unknown as OperationPayload & { error?: { message: string } };
  return {
    status: operation.type.slice('operation.'.length) as Provisioned['status'],
    text: payload.error?.message ?? payload.reason,
    operation: payload,
  };
}

async function makeDueFirst(
  database: Database,
  tenantId: string,
  connectionId: string,
  type: PreviewSubject['type'],
  id: string,
): Promise<void> {
  await database.query(
    `insert into hub.work_item as w (tenant_id, connection_id, subject_id, subject_type, wanted, due_at)
     values ($1, $2, $3, $4, 0, to_timestamp(0))
     on conflict (tenant_id, connection_id, subject_id) do update set
       revision = w.revision + 1, state = 'due', attempts = 0, due_at = to_timestamp(0)`,
    [tenantId, connectionId, id, type],
  );
}
