import { Database } from '@rollcall/platform';
import { listRuns, pausedUntil, type Run } from '../runs/run.js';

export interface Progress {
  /** paused: by a person. waiting: nothing is sent for now, see `waitsUntil`. pushing: something is due. */
  phase: 'disabled' | 'quarantined' | 'paused' | 'waiting' | 'pushing' | 'idle';
  reason: string | null;
  waitsUntil: Date | null;
  /** Users and groups that are, or were, this connection's concern. */
  total: number;
  done: number;
  due: number;
  retrying: number;
  dead: number;
  /** Of a run that is paused. */
  paused: number;
  /** Held by the guard, or denied by a person. */
  held: number;
  /** Finished operations a second, over the last half minute. */
  rate: number;
  /** Seconds until nothing is due at that rate. Null: cannot be said. */
  secondsLeft: number | null;
  /** The last look at everybody: the first cycle, a resync, or after a change of the configuration. */
  run: Run | null;
}

interface Row extends Omit<Progress, 'phase' | 'rate' | 'secondsLeft' | 'run'> {
  state: string;
  onHold: boolean;
  finished: number;
}

const windowSeconds = 30;

/** Undefined: there is no such connection. */
export async function readProgress(
  database: Database,
  tenantId: string,
  connectionId: string,
): Promise<Progress | undefined> {
  const [row] = await database.query<Row>(
    `select c.state, p."onHold", coalesce(c.state_reason, case when p."onHold" then c.pause_reason end) as reason,
       case when p."onHold" then c.paused_until when c.not_before > now() then c.not_before end as "waitsUntil",
       w.*, (select count(*)::int from hub.operation o where o.tenant_id = $1 and o.connection_id = $2
         and o.at > now() - interval '${windowSeconds} seconds' and o.status <> 'retrying') as finished
     from hub.connection c, lateral (
       select c.paused_at is not null and (c.paused_until is null or c.paused_until > now()) as "onHold") p,
     lateral (
       select count(*)::int as total,
         count(*) filter (where state = 'idle'
           or (state = 'due' and due_at > now() and due_at < '${pausedUntil}'))::int as done,
         count(*) filter (where state = 'due' and due_at <= now())::int as due,
         count(*) filter (where state = 'due' and due_at >= '${pausedUntil}')::int as paused,
         count(*) filter (where state = 'retrying')::int as retrying,
         count(*) filter (where state in ('held', 'denied'))::int as held,
         count(*) filter (where state = 'dead')::int as dead
       from hub.work_item where tenant_id = $1 and connection_id = $2) w
     where c.tenant_id = $1 and c.id = $2`,
    [tenantId, connectionId],
  );
  if (!row) return undefined;
  const { state, onHold, finished, ...counts } = row;
  const rate = finished / windowSeconds;
  const [run = null] = await listRuns(database, tenantId, connectionId, 1);
  return {
    phase: phaseOf(state, onHold, counts),
    ...counts,
    rate,
    secondsLeft: counts.due === 0 ? 0 : rate > 0 ? Math.ceil(counts.due / rate) : null,
    run,
  };
}

function phaseOf(
  state: string,
  onHold: boolean,
  { waitsUntil, due }: Pick<Row, 'waitsUntil' | 'due'>,
): Progress['phase'] {
  if (state === 'disabled' || state === 'quarantined') return state;
  if (onHold) return 'paused';
  if (waitsUntil) return 'waiting';
  return due > 0 ? 'pushing' : 'idle';
}
