import { Database } from '@rollcall/platform';
import type { OperationError } from '../report/operation.events.js';

/** How long changes took to arrive. Times in milliseconds; see docs/evidence.md for what is counted. */
export interface Convergence {
  from: Date;
  to: Date;
  /** Operations that confirmed a change within the window. */
  confirmed: number;
  p50: number | null;
  p95: number | null;
  max: number | null;
  /** Changes that are not confirmed yet. */
  waiting: number;
  /** Those that have waited longest, longest first. */
  laggards: Laggard[];
}

export interface Laggard {
  subject: { type: 'user' | 'group'; id: string; display: string | null };
  /** When the oldest change was accepted that is not confirmed. */
  since: Date;
  waitingMs: number;
  state: string;
  why: string;
  remedy?: string;
}

const laggardsShown = 20;

/** Undefined: there is no such connection. */
export async function readConvergence(
  database: Database,
  tenantId: string,
  connectionId: string,
  { from, to }: { from: Date; to: Date },
): Promise<Convergence | undefined> {
  const [connection] = await database.query<{ state: string; reason: string | null; paused: boolean }>(
    `select state, state_reason as reason,
       paused_at is not null and (paused_until is null or paused_until > now()) as paused
     from hub.connection where tenant_id = $1 and id = $2`,
    [tenantId, connectionId],
  );
  if (!connection) return undefined;
  const [times] = await database.query<Pick<Convergence, 'confirmed' | 'p50' | 'p95' | 'max'>>(
    `select count(*)::int as confirmed,
       percentile_disc(0.5) within group (order by converged_ms)::float8 as p50,
       percentile_disc(0.95) within group (order by converged_ms)::float8 as p95,
       max(converged_ms)::float8 as max
     from hub.operation where tenant_id = $1 and connection_id = $2 and at >= $3 and at < $4
       and status = 'succeeded' and converged_ms is not null`,
    [tenantId, connectionId, from, to],
  );
  const rows = await database.query<LaggardRow>(laggards, [tenantId, connectionId, laggardsShown]);
  const now = Date.now();
  return {
    from,
    to,
    ...times!,
    waiting: rows[0]?.waiting ?? 0,
    laggards: rows.map(({ type, id, display, since, state, error }) => ({
      subject: { type, id, display },
      since,
      waitingMs: Math.max(0, now - since.getTime()),
      state,
      ...whyOf(state, error, connection),
    })),
  };
}

interface LaggardRow {
  type: 'user' | 'group';
  id: string;
  display: string | null;
  since: Date;
  state: string;
  error: OperationError | null;
  waiting: number;
}

/** The newest change orders them; how long they wait is then looked up for those shown. */
const laggards = `
  with late as (
    select w.subject_id, w.subject_type, w.state, w.last_error, w.wanted, w.done, count(*) over ()::int as waiting
    from hub.work_item w
    where w.tenant_id = $1 and w.connection_id = $2 and w.wanted > 0
      and (w.state in ('retrying', 'dead', 'held') or (w.state <> 'idle' and w.wanted > w.done))
    order by w.wanted limit $3)
  select l.subject_type as type, l.subject_id as id, coalesce(u.user_name, g.display_name) as display,
    least(newest.recorded_at,
      (select min(e.recorded_at) from hub.event e where e.tenant_id = $1 and e.stream_id = l.subject_id
         and e.position > l.done and e.position <= l.wanted),
      (select min(o.caused_at) from hub.operation o where o.tenant_id = $1 and o.subject_id = l.subject_id
         and o.connection_id = $2 and o.cause = l.wanted)) as since,
    l.state, l.last_error as error, l.waiting
  from late l
  join hub.event newest on newest.tenant_id = $1 and newest.position = l.wanted
  left join hub.directory_user u on u.tenant_id = $1 and u.id = l.subject_id
  left join hub.directory_group g on g.tenant_id = $1 and g.id = l.subject_id
  order by since`;

function whyOf(
  state: string,
  error: OperationError | null,
  connection: { state: string; reason: string | null; paused: boolean },
): { why: string; remedy?: string } {
  if (connection.state === 'disabled') return { why: 'The connection is disabled.', remedy: 'Enable it.' };
  if (connection.state === 'quarantined') {
    return { why: `The connection is in quarantine: ${connection.reason ?? 'the target refuses the hub'}` };
  }
  if (connection.paused) return { why: 'The connection is paused by a person.', remedy: 'Resume it.' };
  const remedy = error?.remedy === undefined ? {} : { remedy: error.remedy };
  if (state === 'dead') return { why: `Given up: ${error?.message ?? 'no reason was recorded'}`, ...remedy };
  if (state === 'retrying') return { why: `Tried again later: ${error?.message ?? ''}`, ...remedy };
  if (state === 'held')
    return { why: 'Held by the guard on volume.', remedy: 'Allow or deny it in its hold.' };
  if (state === 'denied') return { why: 'Denied by an admin.' };
  return { why: connection.reason ?? 'Its turn has not come yet.' };
}
