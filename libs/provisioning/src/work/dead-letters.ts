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

/** Dead letters that have the same cause. */
export interface DeadLetterGroup {
  /** The failure without what is particular to one subject: names the group in a retry. */
  cause: string;
  code: string | null;
  attribute: string | null;
  count: number;
  first: Date;
  last: Date;
  example: DeadLetter;
  remedy: string | null;
}

/** Largest first. */
export async function groupDeadLetters(
  database: Database,
  tenantId: string,
  connectionId: string,
): Promise<DeadLetterGroup[]> {
  const rows = await database.query<
    Omit<DeadLetterGroup, 'example'> & DeadLetter & DeadLetter['subject'] & { error: DeadLetter['error'] }
  >(
    `with dead as (
       select *, ${causeColumn} as cause from hub.work_item
       where tenant_id = $1 and connection_id = $2 and state = 'dead'),
     grouped as (
       select cause, count(*)::int as count, min(due_at) as first, max(due_at) as last,
         (array_agg(subject_id order by due_at desc))[1] as example
       from dead group by cause)
     select x.cause, x.count, x.first, x.last, d.last_error->>'code' as code, d.last_error->>'attribute' as attribute,
       d.last_error->>'remedy' as remedy, d.subject_type as type, d.subject_id as id, d.attempts, d.due_at as at,
       d.last_error - 'at' as error, coalesce(u.user_name, g.display_name) as display
     from grouped x join dead d on d.subject_id = x.example
     left join hub.directory_user u on u.tenant_id = $1 and u.id = d.subject_id
     left join hub.directory_group g on g.tenant_id = $1 and g.id = d.subject_id
     order by x.count desc, x.cause`,
    [tenantId, connectionId],
  );
  return rows.map(({ cause, code, attribute, count, first, last, remedy, type, id, display, ...letter }) => {
    const { attempts, at, error } = letter;
    const example = { subject: { type, id, display }, attempts, at, error };
    return { cause, code, attribute, count, first, last, remedy, example };
  });
}

/** Those given up by a release that did not write the cause down have their code for one. */
const causeColumn = `coalesce(dead_cause, last_error->>'code', last_error->>'kind', 'unknown')`;

/**
 * Has dead letters, and items that wait for their next attempt, tried again at once with all attempts anew. The
 * same as retrying the failed job in the queue.
 * @param subjectIds undefined: all of the connection
 * @param cause only dead letters of this group
 * @returns how many are tried again
 */
export async function retry(
  database: Database,
  queues: Queues,
  tenantId: string,
  connectionId: string,
  subjectIds?: string[],
  cause?: string,
): Promise<number> {
  const rows = await database.query(
    `update hub.work_item set state = 'due', due_at = now(), attempts = 0, revision = revision + 1
     where tenant_id = $1 and connection_id = $2 and state in ('dead', 'retrying')
       and ($3::uuid[] is null or subject_id = any($3))
       and ($4::text is null or (state = 'dead' and ${causeColumn} = $4))
     returning subject_id`,
    [tenantId, connectionId, subjectIds ?? null, cause ?? null],
  );
  await pokeWorkers(queues);
  return rows.length;
}
