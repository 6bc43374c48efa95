import { Database } from '@rollcall/platform';

/** One look at everybody at a connection: after it was enabled, after its configuration changed, or on request. */
export interface Run {
  id: string;
  kind: 'first-cycle' | 'resync' | 'configuration-change';
  state: 'running' | 'paused' | 'cancelled' | 'finished';
  configVersion: number;
  startedAt: Date;
  endedAt: Date | null;
  /** Users and groups it was to look at. */
  total: number;
  done: number;
  /** Given up as dead letters since it began. */
  failed: number;
  /** Looked at in a second, since it began, while it runs. */
  rate: number;
  /** Until it is through at that rate. Null: cannot be said. */
  secondsLeft: number | null;
}

interface Row extends Omit<Run, 'rate' | 'secondsLeft' | 'done'> {
  left: number;
  elapsed: number;
}

/** While a run is paused its items are due only then. */
export const pausedUntil = '9999-01-01T00:00:00Z';

const statement = `
  select r.id, r.kind, r.state, r.config_version as "configVersion", r.started_at as "startedAt",
    r.ended_at as "endedAt", r.total, extract(epoch from coalesce(r.ended_at, now()) - r.started_at)::float8 as elapsed,
    case when r.state in ('running', 'paused') then (
      select count(*)::int from hub.work_item w where w.tenant_id = $1 and w.connection_id = $2 and w.run = r.number
    ) else 0 end as left,
    (select count(*)::int from hub.operation o where o.tenant_id = $1 and o.connection_id = $2 and o.status = 'failed'
       and o.at >= r.started_at and (r.ended_at is null or o.at <= r.ended_at)) as failed
  from hub.provisioning_run r where r.tenant_id = $1 and r.connection_id = $2`;

/** Newest first. */
export async function listRuns(
  database: Database,
  tenantId: string,
  connectionId: string,
  limit = 20,
): Promise<Run[]> {
  const rows = await database.query<Row>(`${statement} order by r.number desc limit $3`, [
    tenantId,
    connectionId,
    limit,
  ]);
  return rows.map(toRun);
}

export async function findRun(
  database: Database,
  tenantId: string,
  connectionId: string,
  id: string,
): Promise<Run | undefined> {
  const [row] = await database.query<Row>(`${statement} and r.id = $3`, [tenantId, connectionId, id]);
  return row && toRun(row);
}

/** Ends the runs of which nothing is left. */
export async function endFinishedRuns(database: Database): Promise<void> {
  await database.query(
    `update hub.provisioning_run r set state = 'finished', ended_at = now()
     where r.state = 'running' and not exists (select from hub.work_item w
       where w.tenant_id = r.tenant_id and w.connection_id = r.connection_id and w.run = r.number)`,
  );
}

function toRun({ left, elapsed, ...row }: Row): Run {
  const finished = row.state === 'running' && left === 0;
  const done = row.total - left;
  const rate = row.state === 'running' && elapsed > 0 ? done / elapsed : 0;
  return {
    ...row,
    state: finished ? 'finished' : row.state,
    done,
    rate,
    secondsLeft: left === 0 ? 0 : rate > 0 ? Math.ceil(left / rate) : null,
  };
}
