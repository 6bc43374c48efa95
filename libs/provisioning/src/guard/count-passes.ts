import type { SubjectType } from '@rollcall/connectors';
import type { ClientBase, Pool } from 'pg';
import type { GuardCounts, GuardedAction } from './guard.decide.js';

/** Parameters $1 to $5 of the statements here: tenant, connection, action, type, minutes of the window. */
export type Countable = [string, string, string, string, number];

export function countable(
  tenantId: string,
  connectionId: string,
  action: GuardedAction,
  subjectType: SubjectType,
  withinMinutes: number,
): Countable {
  return [tenantId, connectionId, action, subjectType, withinMinutes];
}

const passes = `hub.guard_pass p where p.tenant_id = $1 and p.connection_id = $2 and p.action = $3
  and p.subject_type = $4 and p.at > now() - $5::int * interval '1 minute'`;

/** Those of the given who were let through within the window: their next attempts are the same operation. */
export async function passedNow(
  client: ClientBase,
  scope: Countable,
  subjectIds: string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>(
    `select p.subject_id as id from ${passes} and p.subject_id = any($6::uuid[])`,
    [...scope, subjectIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * @param asking subjects whose turn it is
 * @param beside others it is due for; those that were let through meanwhile are not counted twice
 */
export async function countsOf(
  client: ClientBase | Pool,
  scope: Countable,
  asking: string[],
  beside: string[],
): Promise<GuardCounts> {
  const standing = scope[2] === 'deactivate' ? `('active')` : `('active', 'inactive')`;
  const { rows } = await (client as Pool).query<GuardCounts>(
    `with passed as materialized (select p.subject_id from ${passes})
     select (select count(*)::int from passed) as passed,
       (select count(*)::int from (select unnest($6::uuid[]) union select unnest($7::uuid[])
          except select subject_id from passed) planned) as planned,
       (select count(*)::int from (
          select subject_id from hub.target_object where tenant_id = $1 and connection_id = $2
            and subject_type = $4 and state in ${standing}
          union select subject_id from passed) live) as live`,
    [...scope, asking, beside],
  );
  return rows[0]!;
}

/** Those let through before what any window holds are forgotten. */
export async function recordPasses(
  client: ClientBase,
  scope: unknown[],
  subjectIds: string[],
): Promise<void> {
  await client.query(
    `with forgotten as (
       delete from hub.guard_pass where tenant_id = $1 and connection_id = $2 and action = $3
         and subject_type = $4 and at < now() - interval '1 day' and subject_id <> all ($5::uuid[]))
     insert into hub.guard_pass (tenant_id, connection_id, action, subject_type, subject_id)
     select $1, $2, $3, $4, id from unnest($5::uuid[]) id order by id
     on conflict (tenant_id, connection_id, action, subject_type, subject_id) do update set at = now()`,
    [...scope, subjectIds],
  );
}
