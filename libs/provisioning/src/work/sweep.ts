import type { EventStore } from '@rollcall/event-store';
import { Database, Queues } from '@rollcall/platform';
import { closeEmptyHolds } from '../guard/close-holds.js';
import { endPauses } from '../push/pause-connection.js';
import { makeEverythingDue } from './make-everything-due.js';
import { handedSeconds } from './hand-out.js';
import { wakeOverlooked } from './wake-waiting.js';
import { pushJobId, pushJobOptions, pushQueueName } from './push-job.js';
import { freeStaleLeases } from './worker-lease.js';

interface ConnectionId {
  tenantId: string;
  connectionId: string;
}

/**
 * Finds what a crash, a lost poke or a flushed queue left lying, and puts it back on its way. Harmless when
 * there is nothing, and when two processes do it at once.
 */
export async function sweep(database: Database, queues: Queues, events: EventStore): Promise<void> {
  await freeStaleLeases(database);
  await wakeOverlooked(database);
  await endPauses(database, events);
  await closeEmptyHolds(database, events);
  for (const { tenantId, connectionId } of await unfinishedResyncs(database)) {
    await makeEverythingDue(database, tenantId, connectionId);
  }
  for (const connection of await overdueHandouts(database)) await checkHandouts(database, queues, connection);
  for (const connection of await deadLetterCounts(database)) {
    await alignDeadLetters(database, queues, connection);
  }
}

async function unfinishedResyncs(database: Database): Promise<ConnectionId[]> {
  return database.query(
    `select tenant_id as "tenantId", id as "connectionId" from hub.connection
     where state <> 'disabled' and resync_done < resync_requested`,
  );
}

async function overdueHandouts(database: Database): Promise<ConnectionId[]> {
  return database.query(
    `select distinct tenant_id as "tenantId", connection_id as "connectionId" from hub.work_item
     where handed_until < now() and lease_owner is null`,
  );
}

/** Items whose job is still in the queue wait on; those whose job is gone can be handed out again. */
async function checkHandouts(
  database: Database,
  queues: Queues,
  { tenantId, connectionId }: ConnectionId,
): Promise<void> {
  const items = await database.query<{ id: string; handout: number }>(
    `select subject_id as id, handout from hub.work_item
     where tenant_id = $1 and connection_id = $2 and handed_until < now() and lease_owner is null`,
    [tenantId, connectionId],
  );
  const queue = queues.queue(pushQueueName(connectionId));
  const jobs = await queue.getJobs(['active', 'waiting', 'delayed', 'prioritized']);
  const known = new Set(jobs.map((job) => job?.id));
  await database.query(
    `update hub.work_item w set
       handed_until = case when given.known then now() + interval '${handedSeconds} seconds' end
     from unnest($3::uuid[], $4::int[], $5::boolean[]) given(subject_id, handout, known)
     where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = given.subject_id
       and w.handout = given.handout and w.handed_until < now() and w.lease_owner is null`,
    [
      tenantId,
      connectionId,
      items.map(({ id }) => id),
      items.map(({ handout }) => handout),
      items.map(({ id, handout }) => known.has(pushJobId(id, handout))),
    ],
  );
}

async function deadLetterCounts(database: Database): Promise<(ConnectionId & { dead: number })[]> {
  return database.query(
    `select tenant_id as "tenantId", id as "connectionId", (
       select count(*)::int from hub.work_item w
       where w.tenant_id = c.tenant_id and w.connection_id = c.id and w.state = 'dead') as dead
     from hub.connection c where state <> 'disabled'`,
  );
}

const shownAtOnce = 500;

/**
 * Every dead letter has a failed job, so that it is seen and can be retried there, and every failed job is one:
 * a flushed queue has lost them, and a retry may have overtaken a job that was just about to fail.
 */
async function alignDeadLetters(
  database: Database,
  queues: Queues,
  { tenantId, connectionId, dead }: ConnectionId & { dead: number },
): Promise<void> {
  const queue = queues.queue(pushQueueName(connectionId));
  const { failed = 0 } = await queue.getJobCounts('failed');
  if (failed === dead) return;
  const jobs = (await queue.getJobs(['failed', 'waiting', 'active', 'delayed'])).filter(
    (job) => job !== undefined,
  );
  const items = await database.query<{ id: string; type: 'user' | 'group'; handout: number }>(
    `select subject_id as id, subject_type as type, failed_handout as handout from hub.work_item
     where tenant_id = $1 and connection_id = $2 and state = 'dead' and failed_handout is not null
     order by due_at`,
    [tenantId, connectionId],
  );
  const known = new Set(jobs.map(({ id }) => id));
  const hidden = items.filter(({ id, handout }) => !known.has(pushJobId(id, handout)));
  await queue.addBulk(
    hidden.slice(0, shownAtOnce).map(({ id, type, handout }) => ({
      name: 'dead-letter',
      data: { tenantId, connectionId, subjectType: type, subjectId: id },
      opts: { ...pushJobOptions, jobId: pushJobId(id, handout) },
    })),
  );
  const current = new Set(items.map(({ id, handout }) => pushJobId(id, handout)));
  const surplus = (await queue.getFailed()).filter((job) => job && !current.has(job.id!));
  await Promise.all(surplus.map((job) => job.remove().catch(() => undefined)));
}
