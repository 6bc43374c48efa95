import type { Append } from '@rollcall/event-store';
import type { PoolClient } from 'pg';
import type { Completed, Completion } from '../work/completion.js';
import { closeHolds } from './close-holds.js';

/**
 * Puts what is held into its change set, and takes out what was done or is no longer wanted. Called when the work
 * items are settled; answers the events of change sets that closed by it.
 */
export async function writeHolds(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
  states: Map<string, Completed>,
): Promise<Append[]> {
  const joining = completions.filter(({ state }) => state === 'held');
  const ended = completions.filter(({ holdEnded }) => holdEnded);
  if (joining.length === 0 && ended.length === 0) return [];
  if (joining.length > 0) await join(client, tenantId, connectionId, joining, states);
  const changed = await leave(client, tenantId, ended);
  return closeHolds(client, tenantId, connectionId, changed);
}

/** A set that closed since is opened again, unless there is a newer one: then the question is asked anew. */
async function join(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  joining: Completion[],
  states: Map<string, Completed>,
): Promise<void> {
  const holdIds = [...new Set(joining.map(({ hold }) => hold!.id))];
  const { rows } = await client.query<{ id: string }>(
    `update hub.hold h set state = 'open', closed_at = null
     where h.tenant_id = $1 and h.id = any($2::uuid[]) and (h.state = 'open' or not exists (
       select from hub.hold o where o.tenant_id = $1 and o.connection_id = h.connection_id and o.action = h.action
         and o.subject_type = h.subject_type and o.state = 'open'))
     returning h.id`,
    [tenantId, holdIds],
  );
  const open = new Set(rows.map(({ id }) => id));
  const items = joining.filter(({ hold }) => open.has(hold!.id));
  await client.query(
    `insert into hub.hold_item as i
       (tenant_id, hold_id, subject_id, connection_id, state, reason, attributes, operation_id)
     select $1, g.hold_id, g.subject_id, $2, 'held', g.reason, g.attributes, g.operation_id
     from jsonb_to_recordset($3::jsonb) as g(hold_id uuid, subject_id uuid, reason text, attributes text[],
       operation_id uuid)
     order by g.hold_id, g.subject_id
     on conflict (tenant_id, hold_id, subject_id) do update set
       state = 'held', reason = excluded.reason, attributes = excluded.attributes,
       operation_id = excluded.operation_id, decided_at = null, decided_by = null, note = null,
       held_at = case when i.state = 'held' then i.held_at else now() end`,
    [
      tenantId,
      connectionId,
      JSON.stringify(
        items.map(({ item, hold, holding, operationId }) => ({
          hold_id: hold!.id,
          subject_id: item.subjectId,
          reason: holding!.reason,
          attributes: holding!.attributes,
          operation_id: operationId,
        })),
      ),
    ],
  );
  const homeless = joining.filter(({ hold }) => !open.has(hold!.id)).map(({ item }) => item.subjectId);
  if (homeless.length === 0) return;
  await client.query(
    `update hub.work_item set state = 'due', due_at = now(), revision = revision + 1, hold = null
     where tenant_id = $1 and connection_id = $2 and subject_id = any($3::uuid[])`,
    [tenantId, connectionId, homeless],
  );
  for (const subjectId of homeless) states.set(subjectId, 'due');
}

async function leave(client: PoolClient, tenantId: string, ended: Completion[]): Promise<string[]> {
  if (ended.length === 0) return [];
  const { rows } = await client.query<{ hold_id: string }>(
    `update hub.hold_item i set state = g.state, decided_at = coalesce(i.decided_at, now())
     from jsonb_to_recordset($2::jsonb) as g(hold_id uuid, subject_id uuid, state text)
     where i.tenant_id = $1 and i.hold_id = g.hold_id and i.subject_id = g.subject_id
       and i.state in ('held', 'allowed', 'denied')
     returning i.hold_id`,
    [
      tenantId,
      JSON.stringify(
        ended.map(({ item, holdEnded }) => ({
          hold_id: item.hold!.id,
          subject_id: item.subjectId,
          state: holdEnded,
        })),
      ),
    ],
  );
  return [...new Set(rows.map(({ hold_id }) => hold_id))];
}
