import { Database } from '@rollcall/platform';
import type { PoolClient } from 'pg';
import type { TargetObject } from '../plan/plan.js';
import type { Completion } from './completion.js';

const accounts = `('active', 'inactive')`;

export const dueAgain = `revision = w.revision + 1,
  state = case when w.state = 'retrying' then 'retrying' else 'due' end,
  due_at = case when w.state = 'retrying' then w.due_at else now() end`;

export function hasAccount(target: TargetObject | undefined): boolean {
  return target?.state === 'active' || target?.state === 'inactive';
}

/** Parked references and memberships become ordinary ones; the subjects they belong to are in `reference` and `member`. */
export function unpark(by: 'awaited' | 'waiting', ids: string): string {
  const [referenceColumn, memberColumn] =
    by === 'awaited' ? ['referenced_id', 'member_id'] : ['subject_id', 'group_id'];
  const arrivedOnly = (object: string) =>
    by === 'awaited'
      ? ''
      : `and exists (select from hub.target_object t where t.tenant_id = $1 and t.connection_id = $2
           and t.subject_id = ${object} and t.state in ${accounts})`;
  return `reference as (
      update hub.target_reference r set parked = false
      where r.tenant_id = $1 and r.connection_id = $2 and r.parked and r.${referenceColumn} = any(${ids}::uuid[])
        ${arrivedOnly('r.referenced_id')}
      returning r.subject_id),
    member as (
      update hub.work_member m set parked = false
      where m.tenant_id = $1 and m.connection_id = $2 and m.parked and m.${memberColumn} = any(${ids}::uuid[])
        ${arrivedOnly('m.member_id')}
      returning m.group_id as subject_id)`;
}

export const wakeUnparked = `
  update hub.work_item w set ${dueAgain}
  where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = any(array(
    select subject_id from reference union select subject_id from member))
  returning w.subject_id`;

/**
 * Makes due what refers to objects by an id they no longer have, and what was parked just now although the
 * object it waits for came in this very transaction or a moment before.
 */
export async function wakeOthers(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<string[]> {
  const replaced = completions.flatMap(({ item, target, gone = [] }) => {
    const { before, after } = target ?? {};
    const other = hasAccount(before) && (!hasAccount(after) || before!.remoteId !== after!.remoteId);
    return target && other ? [...gone, item.subjectId] : gone;
  });
  const parked = completions
    .filter(({ references, members }) => references?.parked.length || members?.parked.length)
    .map(({ item }) => item.subjectId);
  return [
    ...(replaced.length > 0 ? await wakeForReplaced(client, tenantId, connectionId, replaced) : []),
    ...(parked.length > 0 ? await wakeParked(client, tenantId, connectionId, 'waiting', parked) : []),
  ];
}

/** @param ids of the objects that have come, or of the subjects that wait for some */
async function wakeParked(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  by: 'awaited' | 'waiting',
  ids: string[],
): Promise<string[]> {
  const { rows } = await client.query<{ subject_id: string }>({
    name: `work.wake-${by}`,
    text: `with ${unpark(by, '$3')} ${wakeUnparked}`,
    values: [tenantId, connectionId, ids],
  });
  return rows.map(({ subject_id }) => subject_id);
}

async function wakeForReplaced(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  replaced: string[],
): Promise<string[]> {
  const { rows } = await client.query<{ subject_id: string }>(
    `with member as (
       insert into hub.work_member as m (tenant_id, connection_id, group_id, member_id, member_type)
       select tenant_id, connection_id, group_id, member_id, member_type from hub.target_member
       where tenant_id = $1 and connection_id = $2 and member_id = any($3::uuid[])
       order by group_id, member_id
       on conflict (tenant_id, connection_id, group_id, member_id) do update set
         revision = m.revision + 1, parked = false
       returning group_id as subject_id),
     reference as (
       select subject_id from hub.target_reference
       where tenant_id = $1 and connection_id = $2 and referenced_id = any($3::uuid[]))
     update hub.work_item w set ${dueAgain}
     where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = any(array(
       select subject_id from reference union select subject_id from member))
     returning w.subject_id`,
    [tenantId, connectionId, replaced],
  );
  return rows.map(({ subject_id }) => subject_id);
}

/** Wakes what is parked for an object that has arrived: two processes may have missed each other's writing. */
export async function wakeOverlooked(database: Database): Promise<void> {
  await database.transaction(async (client) => {
    const { rows } = await client.query<{ tenantId: string; connectionId: string; ids: string[] }>(
      `select tenant_id as "tenantId", connection_id as "connectionId", array_agg(distinct subject_id) as ids from (
         select r.tenant_id, r.connection_id, r.referenced_id as subject_id from hub.target_reference r where r.parked
         union
         select m.tenant_id, m.connection_id, m.member_id from hub.work_member m where m.parked) waiting
       join hub.target_object t using (tenant_id, connection_id, subject_id)
       where t.state in ${accounts} group by tenant_id, connection_id`,
    );
    for (const { tenantId, connectionId, ids } of rows)
      await wakeParked(client, tenantId, connectionId, 'awaited', ids);
  });
}
