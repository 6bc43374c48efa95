import { Database, Queues } from '@rollcall/platform';
import { pokeWorkers } from '../push/poke-workers.js';
import type { OperationError } from '../report/operation.events.js';

export interface DeadLetter {
  subject: { type: 'user' | 'group'; id: string; display: string | null };
  attempts: number;
  /** When it was given up. */
  at: Date;
  error: Omit<OperationError, 'kind'> & { kind: string };
}

export interface DeadLetterPage {
  items: DeadLetter[];
  nextCursor?: string;
}

/** Subjects the hub has given up on. A change at the source, or a person, has them tried again. */
export async function listDeadLetters(
  database: Database,
  tenantId: string,
  connectionId: string,
  { cursor, limit = 100 }: { cursor?: string; limit?: number } = {},
): Promise<DeadLetterPage> {
  const rows = await database.query<{
    type: 'user' | 'group';
    id: string;
    display: string | null;
    attempts: number;
    at: Date;
    error: DeadLetter['error'];
  }>(
    `select w.subject_type as type, w.subject_id as id, w.attempts, w.due_at as at, w.last_error - 'at' as error,
       coalesce(u.user_name, g.display_name) as display
     from hub.work_item w
     left join hub.directory_user u on u.tenant_id = w.tenant_id and u.id = w.subject_id
     left join hub.directory_group g on g.tenant_id = w.tenant_id and g.id = w.subject_id
     where w.tenant_id = $1 and w.connection_id = $2 and w.state = 'dead'
       and ($3::uuid is null or w.subject_id > $3)
     order by w.subject_id limit $4`,
    [tenantId, connectionId, cursor ?? null, limit + 1],
  );
  const page = rows.slice(0, limit);
  return {
    items: page.map(({ type, id, display, ...letter }) => ({ subject: { type, id, display }, ...letter })),
    ...(rows.length > limit && { nextCursor: page.at(-1)!.id }),
  };
}

/**
 * Has dead letters, and items that wait for their next attempt, tried again at once with all attempts anew. The
 * same as retrying the failed job in the queue.
 * @param subjectIds undefined: all of the connection
 * @returns how many are tried again
 */
export async function retry(
  database: Database,
  queues: Queues,
  tenantId: string,
  connectionId: string,
  subjectIds?: string[],
): Promise<number> {
  const rows = await database.query(
    `update hub.work_item set state = 'due', due_at = now(), attempts = 0, revision = revision + 1
     where tenant_id = $1 and connection_id = $2 and state in ('dead', 'retrying')
       and ($3::uuid[] is null or subject_id = any($3))
     returning subject_id`,
    [tenantId, connectionId, subjectIds ?? null],
  );
  await pokeWorkers(queues);
  return rows.length;
}
