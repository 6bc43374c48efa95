import { Database } from '@rollcall/platform';
import type { ItemHold } from '../guard/permit.js';
import type { Made } from './made.js';

export interface Handout {
  subjectId: string;
  handout: number;
}

/** A work item under lease: this process alone works on it. */
export interface ClaimedItem {
  subjectId: string;
  subjectType: 'user' | 'group';
  handout: number;
  /** Position of the newest event the item is due for: the cause of what is done. */
  wanted: number;
  /** Position of the newest event that an earlier look has taken in. */
  done: number;
  /** Grows with every new reason; what is done under an older one leaves the item due. */
  revision: number;
  /** Failed attempts so far. */
  attempts: number;
  operationId: string | null;
  /** A call may have reached the target unseen: look there before creating. */
  lookFirst: boolean;
  /** A call to make it was under way, and what came of it is not known. */
  mayExist: boolean;
  /** Its operation was reported as being retried, or held. */
  unfinished: boolean;
  skipped: string | null;
  hold: ItemHold | null;
  /** Made by an attempt that could not record it. */
  made: Made | null;
  configVersion: number;
  /** Of the connection as a whole, since it last worked. */
  connectionFailures: number;
  /** Grows when a person enables or changes the connection: earlier troubles no longer count. */
  epoch: number;
  /** The connection is in quarantine, and this one goes to find out whether it is well again. */
  quarantined: boolean;
  /** It was told to be in quarantine, and has not been told to be well since. */
  alarmed: boolean;
  owner: number;
}

/**
 * Leases what may be worked on now. Missing in the answer: items that are done, leased elsewhere or handed out
 * anew, and all of a connection that is paused. A dead letter that comes again was retried by a person.
 */
export async function claim(
  database: Database,
  tenantId: string,
  connectionId: string,
  handouts: Handout[],
  owner: number,
): Promise<ClaimedItem[]> {
  const items = await database.query<Omit<ClaimedItem, 'owner'>>(
    {
      name: 'work.claim',
      // Found by the whole key, not by a join alone: a planner that knows little of the table would read all of it.
      text: `with due as (
               select w.subject_id from hub.work_item w
               join unnest($3::uuid[], $4::int[]) asked(subject_id, handout)
                 on asked.subject_id = w.subject_id and asked.handout = w.handout
               where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = any($3::uuid[])
                 and w.lease_owner is null
                 and (w.state = 'dead' or (w.state in ('due', 'retrying') and w.due_at <= now()))
               order by w.subject_id for update of w)
             update hub.work_item w set lease_owner = $5,
               attempts = case when w.state = 'dead' then 0 else w.attempts end,
               state = case when w.state = 'dead' then 'due' else w.state end
             from hub.connection c
             where w.tenant_id = $1 and w.connection_id = $2
               and w.subject_id = any(array(select subject_id from due))
               and c.tenant_id = $1 and c.id = $2 and c.state <> 'disabled'
               and (c.not_before is null or c.not_before <= now())
               and (c.paused_at is null or c.paused_until <= now())
             returning w.subject_id as "subjectId", w.subject_type as "subjectType", w.handout,
               w.wanted::float8 as wanted, w.done::float8 as done, w.revision, w.attempts, w.operation_id as "operationId",
               w.look_first as "lookFirst",
               w.look_first and (w.operation_id is not null or w.last_error is not null) as "mayExist",
               w.operation_id is not null and (w.last_error is not null or w.hold is not null) as unfinished, w.skipped, w.hold, w.made, c.config_version as "configVersion",
               c.failures as "connectionFailures", c.resync_requested as epoch,
               c.state = 'quarantined' as quarantined, c.quarantined_at is not null as alarmed`,
    },
    [
      tenantId,
      connectionId,
      handouts.map(({ subjectId }) => subjectId),
      handouts.map(({ handout }) => handout),
      owner,
    ],
  );
  return items.map((item) => ({ ...item, owner }));
}

/** Takes items back that are handed out, or retried by a person, and cannot be worked on now. */
export async function takeBack(
  database: Database,
  tenantId: string,
  connectionId: string,
  handouts: Handout[],
): Promise<void> {
  await database.query(
    {
      name: 'work.take-back',
      text: `with due as (
               select w.subject_id from hub.work_item w
               join unnest($3::uuid[], $4::int[]) asked(subject_id, handout)
                 on asked.subject_id = w.subject_id and asked.handout = w.handout
               where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = any($3::uuid[])
                 and w.lease_owner is null and (w.handed_until is not null or w.state = 'dead')
               order by w.subject_id for update of w)
             update hub.work_item w set handed_until = null,
               attempts = case when w.state = 'dead' then 0 else w.attempts end,
               state = case when w.state = 'dead' then 'due' else w.state end
             where w.tenant_id = $1 and w.connection_id = $2
               and w.subject_id = any(array(select subject_id from due))`,
    },
    [
      tenantId,
      connectionId,
      handouts.map(({ subjectId }) => subjectId),
      handouts.map(({ handout }) => handout),
    ],
  );
}

/** Gives leased items back untouched. */
export async function release(
  database: Database,
  tenantId: string,
  connectionId: string,
  items: Pick<ClaimedItem, 'subjectId' | 'owner'>[],
): Promise<void> {
  await database.query(
    `update hub.work_item w set lease_owner = null, handed_until = null
     from unnest($3::uuid[], $4::int[]) given(subject_id, owner)
     where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = any($3::uuid[])
       and w.subject_id = given.subject_id and w.lease_owner = given.owner`,
    [tenantId, connectionId, items.map(({ subjectId }) => subjectId), items.map(({ owner }) => owner)],
  );
}
