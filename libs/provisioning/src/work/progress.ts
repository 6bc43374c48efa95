import { Database } from '@rollcall/platform';

export interface Progress {
  /** waiting: nothing is sent for now, see `waitsUntil`. pushing: something is due. */
  phase: 'disabled' | 'quarantined' | 'waiting' | 'pushing' | 'idle';
  reason: string | null;
  waitsUntil: Date | null;
  /** Users and groups that are, or were, this connection's concern. */
  total: number;
  done: number;
  due: number;
  retrying: number;
  dead: number;
  /** Finished operations a second, over the last half minute. */
  rate: number;
  /** Seconds until nothing is due at that rate. Null: cannot be said. */
  secondsLeft: number | null;
}

interface Row extends Omit<Progress, 'phase' | 'rate' | 'secondsLeft'> {
  state: string;
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
    `select c.state, c.state_reason as reason,
       case when c.not_before > now() then c.not_before end as "waitsUntil",
       w.*, (select count(*)::int from hub.operation o where o.tenant_id = $1 and o.connection_id = $2
         and o.at > now() - interval '${windowSeconds} seconds' and o.status <> 'retrying') as finished
     from hub.connection c, lateral (
       select count(*)::int as total,
         count(*) filter (where state = 'idle' or (state = 'due' and due_at > now()))::int as done,
         count(*) filter (where state = 'due' and due_at <= now())::int as due,
         count(*) filter (where state = 'retrying')::int as retrying,
         count(*) filter (where state = 'dead')::int as dead
       from hub.work_item where tenant_id = $1 and connection_id = $2) w
     where c.tenant_id = $1 and c.id = $2`,
    [tenantId, connectionId],
  );
  if (!row) return undefined;
  const { state, finished, ...counts } = row;
  const rate = finished / windowSeconds;
  return {
    phase: phaseOf(state, counts),
    ...counts,
    rate,
    secondsLeft: counts.due === 0 ? 0 : rate > 0 ? Math.ceil(counts.due / rate) : null,
  };
}

function phaseOf(state: string, { waitsUntil, due }: Pick<Row, 'waitsUntil' | 'due'>): Progress['phase'] {
  if (state === 'disabled' || state === 'quarantined') return state;
  if (waitsUntil) return 'waiting';
  return due > 0 ? 'pushing' : 'idle';
}
