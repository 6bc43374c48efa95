import type { RecordedEvent } from '@rollcall/event-store';
import type { PoolClient } from 'pg';
import type { OperationPayload } from '../report/operation.events.js';

interface Step {
  connection: string;
  subject: string;
  type: 'user' | 'group';
  remote: string | null;
  /** Null: there is no account after it. */
  state: 'active' | 'inactive' | null;
  position: number;
  at: Date;
}

/**
 * An account's periods: a new one begins whenever the account comes, changes between active and inactive, or
 * another account takes its place. An account that passes to another user ends for the one who had it.
 */
export async function writeAccountPeriods(
  events: RecordedEvent[],
  client: PoolClient,
  tenantId: string,
): Promise<void> {
  const waves: Step[][] = [];
  const waveOf = new Map<string, number>();
  for (const event of events) {
    const step = stepOf(event);
    if (!step) continue;
    // Steps of one subject, and of one account, one after the other.
    const keys = [`s${step.connection}/${step.subject}`, `r${step.connection}/${step.remote}`];
    const wave = Math.max(...keys.map((key) => waveOf.get(key) ?? 0));
    for (const key of keys) waveOf.set(key, wave + 1);
    (waves[wave] ??= []).push(step);
  }
  for (const wave of waves) await client.query({ ...write, values: [tenantId, JSON.stringify(wave)] });
}

function stepOf({ type, payload, position, recordedAt: at }: RecordedEvent): Step | undefined {
  if (type !== 'operation.succeeded' || !payload) return undefined;
  const operation = payload as unknown as OperationPayload;
  const becomes = operation.becomes ?? stateAfter(operation.action);
  if (!becomes) return undefined;
  return {
    connection: operation.connectionId,
    subject: operation.subjectId,
    type: operation.subjectType,
    remote: operation.remoteId ?? null,
    state: becomes === 'active' || becomes === 'inactive' ? becomes : null,
    position,
    at,
  };
}

/** Of an operation that does not say. */
function stateAfter(action: OperationPayload['action']): OperationPayload['becomes'] {
  if (action === 'deactivate') return 'inactive';
  if (action === 'delete') return 'deleted';
  return action === 'update' ? undefined : 'active';
}

const write = {
  name: 'history.write-account-periods',
  text: `with given as (
           select * from jsonb_to_recordset($2::jsonb) as g(connection uuid, subject uuid, type text, remote text,
             state text, position bigint, at timestamptz)),
         changed as (
           select g.* from given g where not exists (
             select from hub.account_period p where p.tenant_id = $1 and p.connection_id = g.connection
               and p.subject_type = g.type and p.subject_id = g.subject and p.to_position is null
               and p.state = g.state and p.remote_id is not distinct from coalesce(g.remote, p.remote_id))),
         ended as (
           update hub.account_period p set to_position = g.position, to_at = g.at from changed g
           where p.tenant_id = $1 and p.connection_id = g.connection and p.to_position is null
             and p.from_position < g.position and p.subject_type = g.type
             and (p.subject_id = g.subject or p.remote_id = g.remote))
         insert into hub.account_period (tenant_id, connection_id, subject_id, subject_type, from_position, from_at,
           state, remote_id)
         select $1, connection, subject, type, position, at, state, remote from changed where state is not null
         on conflict do nothing`,
};
