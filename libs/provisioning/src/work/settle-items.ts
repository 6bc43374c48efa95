import type { PoolClient } from 'pg';
import type { Completed, Completion } from './completion.js';

/** Gives the leases back and writes where the items stand now. Items whose lease is lost are not in the answer. */
export async function settleItems(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<Map<string, Completed>> {
  const given = completions.map(({ item, ...how }) => ({
    subject_id: item.subjectId,
    owner: item.owner,
    revision: item.revision,
    done: item.wanted,
    state: how.state,
    due_at: how.dueAt ?? null,
    attempts: how.attempts,
    last_error: how.error ? { ...how.error, at: new Date() } : null,
    operation_id: how.operationId ?? null,
    look_first: how.lookFirst ?? false,
    skipped: how.skipped ?? null,
    hold: how.hold ?? null,
    dead_cause: how.cause ?? null,
  }));
  const { rows } = await client.query<{ subject_id: string; state: Completed }>({
    name: 'work.settle',
    text: `with given as materialized (
             select g.* from jsonb_to_recordset($3::jsonb) as g(subject_id uuid, owner int, revision int, done bigint,
               state text, due_at timestamptz, attempts int, last_error jsonb, operation_id uuid,
               look_first boolean, skipped text, hold jsonb,
               dead_cause text)
             join hub.work_item w on w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = any($4::uuid[])
               and w.subject_id = g.subject_id and w.lease_owner = g.owner
             order by g.subject_id for update of w)
           update hub.work_item w set
             lease_owner = null, handed_until = null,
             done = greatest(w.done, g.done),
             state = case when w.revision <> g.revision and g.state in ('idle', 'dead', 'held', 'denied') then 'due' else g.state end,
             due_at = case when w.revision <> g.revision and g.state <> 'retrying' then now()
                           else coalesce(g.due_at, now()) end,
             attempts = case when w.revision <> g.revision and g.state <> 'retrying' then 0 else g.attempts end,
             last_error = g.last_error, operation_id = g.operation_id, look_first = g.look_first,
             skipped = g.skipped, made = case when g.state in ('idle', 'due') then null else w.made end,
             run = case when g.state = 'retrying' or (g.state = 'due' and coalesce(g.due_at, now()) <= now())
                        then w.run end,
             hold = case when w.revision <> g.revision and w.hold ? 'verdict' then w.hold else g.hold end,
             dead_cause = case when g.state = 'dead' then g.dead_cause end,
             failed_handout = case when g.state = 'dead' then w.handout end
           from given g
           where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = any($4::uuid[])
             and w.subject_id = g.subject_id
           returning w.subject_id, w.state`,
    values: [tenantId, connectionId, JSON.stringify(given), given.map(({ subject_id }) => subject_id)],
  });
  return new Map(rows.map(({ subject_id, state }) => [subject_id, state]));
}
