import { Database } from '@rollcall/platform';

export interface HandedOut {
  subjectType: 'user' | 'group';
  subjectId: string;
  handout: number;
  /** Of an earlier hand-out that ended as a dead letter: its job is replaced by this one. */
  failedHandout: number | null;
}

/** How long a handed-out item is left alone before the sweep asks whether its job still exists. */
export const handedSeconds = 6;

/**
 * Takes what is due for the connection's queue: users before groups, oldest first, so that at most `window`
 * items are out at once. A connection that failed lately gets one item, to find out whether it is well again.
 */
export async function handOut(
  database: Database,
  tenantId: string,
  connectionId: string,
  window: number,
): Promise<HandedOut[]> {
  const handed = await database.query<HandedOut>(
    {
      name: 'work.hand-out',
      text: `with gate as (
               select case when c.failures > 0 or c.state = 'quarantined' then 1 else $3 end as size
               from hub.connection c where c.tenant_id = $1 and c.id = $2 and c.state <> 'disabled'
                 and (c.not_before is null or c.not_before <= now())
                 and (c.paused_at is null or c.paused_until <= now())),
             room as (
               select coalesce((select size from gate), 0)
                 - (select count(*) from hub.work_item
                    where tenant_id = $1 and connection_id = $2 and handed_until is not null) as free),
             picked as (
               select subject_id from hub.work_item
               where tenant_id = $1 and connection_id = $2 and state in ('due', 'retrying')
                 and handed_until is null and due_at <= now()
               order by subject_type desc, due_at
               limit greatest((select free from room), 0) for update skip locked)
             update hub.work_item w
             set handout = w.handout + 1, handed_until = now() + interval '${handedSeconds} seconds'
             where w.tenant_id = $1 and w.connection_id = $2
               and w.subject_id = any(array(select subject_id from picked))
             returning w.subject_type as "subjectType", w.subject_id as "subjectId", w.handout,
               w.failed_handout as "failedHandout"`,
    },
    [tenantId, connectionId, window],
  );
  return handed.sort((a, b) => Number(a.subjectType === 'group') - Number(b.subjectType === 'group'));
}

/** Milliseconds until the connection has something to hand out that is not due yet. Undefined: nothing waits. */
export async function untilNextDue(
  database: Database,
  tenantId: string,
  connectionId: string,
): Promise<number | undefined> {
  const [row] = await database.query<{ wait: number | null }>(
    {
      name: 'work.until-next-due',
      text: `select extract(epoch from greatest(least(
               (select due_at from hub.work_item where tenant_id = $1 and connection_id = $2
                  and subject_type = 'user' and state in ('due', 'retrying') and handed_until is null
                order by due_at limit 1),
               (select due_at from hub.work_item where tenant_id = $1 and connection_id = $2
                  and subject_type = 'group' and state in ('due', 'retrying') and handed_until is null
                order by due_at limit 1)), c.not_before,
               case when c.paused_at is not null then coalesce(c.paused_until, 'infinity') end) - now())::float8 * 1000 as wait
             from hub.connection c where c.tenant_id = $1 and c.id = $2 and c.state <> 'disabled'`,
    },
    [tenantId, connectionId],
  );
  return row?.wait ?? undefined;
}
