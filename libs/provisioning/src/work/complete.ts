import type { Append, EventStore } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import type { PoolClient } from 'pg';
import type { MemberPair } from '../plan/plan-members.js';
import type { ReferencePlan, TargetObject } from '../plan/plan.js';
import type { OperationError } from '../report/operation.events.js';
import { uuid } from './uuid.js';
import type { ClaimedItem } from './claim.js';

/** How a push ended, to be written in one transaction together with its neighbours. */
export interface Completion {
  item: ClaimedItem;
  /** due: at once or, with `dueAt`, later. */
  state: 'idle' | 'due' | 'retrying' | 'dead';
  dueAt?: Date;
  attempts: number;
  error?: OperationError;
  /** Kept while an operation goes on being tried. */
  operationId?: string;
  lookFirst?: boolean;
  /** What was last reported as switched off, so that it is reported once. */
  skipped?: string;
  target?: { before: TargetObject | undefined; after: TargetObject };
  references?: ReferencePlan;
  members?: MembersWritten;
  /** Hub ids of members the target does not know although they were thought to be there. */
  gone?: string[];
  event?: Append;
}

/** A membership as it was read: one that is marked again meanwhile has a higher revision and stays. */
export type DirtyPair = MemberPair & { revision: number };

export interface MembersWritten {
  added: DirtyPair[];
  removed: DirtyPair[];
  parked: DirtyPair[];
  settled: DirtyPair[];
  /** all: a group that is new at the target; none: a group that is let go. */
  markEvery?: 'member-of-directory' | 'member-written';
}

/** Where an item stands after its completion; 'lost' when its lease had gone to somebody else. */
export type Completed = 'idle' | 'due' | 'retrying' | 'dead' | 'lost';

const accounts = `('active', 'inactive')`;

const dueAgain = `revision = w.revision + 1,
  state = case when w.state = 'retrying' then 'retrying' else 'due' end,
  due_at = case when w.state = 'retrying' then w.due_at else now() end`;

/**
 * Writes how pushes ended: work items, target objects, references, memberships and the operations as events,
 * all or nothing. An item that came due anew meanwhile stays due.
 */
export async function complete(
  database: Database,
  events: EventStore,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<Completed[]> {
  return database.transaction(async (client) => {
    const states = await settleItems(client, tenantId, connectionId, completions);
    const ours = completions.filter(({ item }) => states.has(item.subjectId));
    const woken = await writeTargets(client, tenantId, connectionId, ours);
    await writeReferences(client, tenantId, connectionId, ours);
    await writeMembers(client, tenantId, connectionId, ours);
    woken.push(...(await wakeOthers(client, tenantId, connectionId, ours)));
    for (const subjectId of woken) {
      if (states.has(subjectId)) states.set(subjectId, 'due');
    }
    await events.appendIn(
      client,
      tenantId,
      ours.flatMap(({ event }) => event ?? []),
    );
    return completions.map(({ item }) => states.get(item.subjectId) ?? 'lost');
  });
}

async function settleItems(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<Map<string, Completed>> {
  const given = completions.map(({ item, ...how }) => ({
    subject_id: item.subjectId,
    owner: item.owner,
    revision: item.revision,
    done: item.wanted,
    state: how.state,
    due_at: how.dueAt ?? null,
    attempts: how.attempts,
    last_error: how.error ? { ...how.error, at: new Date() } : null,
    operation_id: how.operationId ?? null,
    look_first: how.lookFirst ?? false,
    skipped: how.skipped ?? null,
  }));
  const { rows } = await client.query<{ subject_id: string; state: Completed }>({
    name: 'work.settle',
    text: `with given as materialized (
             select g.* from jsonb_to_recordset($3::jsonb) as g(subject_id uuid, owner int, revision int, done bigint,
               state text, due_at timestamptz, attempts int, last_error jsonb, operation_id uuid,
               look_first boolean, skipped text)
             join hub.work_item w on w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = any($4::uuid[])
               and w.subject_id = g.subject_id and w.lease_owner = g.owner
             order by g.subject_id for update of w)
           update hub.work_item w set
             lease_owner = null, handed_until = null,
             done = greatest(w.done, g.done),
             state = case when w.revision <> g.revision and g.state in ('idle', 'dead') then 'due' else g.state end,
             due_at = case when w.revision <> g.revision and g.state <> 'retrying' then now()
                           else coalesce(g.due_at, now()) end,
             attempts = case when w.revision <> g.revision and g.state <> 'retrying' then 0 else g.attempts end,
             last_error = g.last_error, operation_id = g.operation_id, look_first = g.look_first,
             skipped = g.skipped,
             failed_handout = case when g.state = 'dead' then w.handout end
           from given g
           where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = any($4::uuid[])
             and w.subject_id = g.subject_id
           returning w.subject_id, w.state`,
    values: [tenantId, connectionId, JSON.stringify(given), given.map(({ subject_id }) => subject_id)],
  });
  return new Map(rows.map(({ subject_id, state }) => [subject_id, state]));
}

async function writeTargets(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<string[]> {
  const rows = completions.flatMap(({ item, target }) =>
    target
      ? [
          {
            subject_id: item.subjectId,
            subject_type: item.subjectType,
            remote_id: target.after.remoteId,
            origin: target.after.origin,
            state: target.after.state,
            written: target.after.written,
            leaving_since: target.after.leavingSince ?? null,
            config_version: item.configVersion,
          },
        ]
      : [],
  );
  const woken: string[] = [];
  if (rows.length > 0) {
    const arrived = completions.filter(
      ({ target }) => target && hasAccount(target.after) && !hasAccount(target.before),
    );
    const result = await client.query<{ subject_id: string }>({
      name: 'work.write-targets',
      text: `with written as (
               insert into hub.target_object (tenant_id, connection_id, subject_id, subject_type, remote_id, origin,
                 state, written, leaving_since, config_version)
               select $1, $2, g.* from jsonb_to_recordset($3::jsonb) as g(subject_id uuid, subject_type text,
                 remote_id text, origin text, state text, written jsonb, leaving_since timestamptz, config_version int)
               on conflict (tenant_id, connection_id, subject_id) do update set
                 remote_id = excluded.remote_id, origin = excluded.origin, state = excluded.state,
                 written = excluded.written, leaving_since = excluded.leaving_since,
                 config_version = excluded.config_version, updated_at = now()),
             ${unpark('awaited', '$4')}
             ${wakeUnparked}`,
      values: [tenantId, connectionId, JSON.stringify(rows), arrived.map(({ item }) => item.subjectId)],
    });
    woken.push(...result.rows.map(({ subject_id }) => subject_id));
  }
  const gone = completions.flatMap((completion) => completion.gone ?? []);
  if (gone.length > 0) {
    await client.query(
      `update hub.target_object set state = 'absent', written = '{}', updated_at = now()
       where tenant_id = $1 and connection_id = $2 and subject_id = any($3::uuid[])`,
      [tenantId, connectionId, gone],
    );
    await client.query(
      `update hub.work_item set revision = revision + 1, state = 'due', due_at = now(), attempts = 0
       where tenant_id = $1 and connection_id = $2 and subject_id = any($3::uuid[])`,
      [tenantId, connectionId, gone],
    );
  }
  return woken;
}

function hasAccount(target: TargetObject | undefined): boolean {
  return target?.state === 'active' || target?.state === 'inactive';
}

async function writeReferences(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<void> {
  const known = completions.filter(({ references, target }) => references && target?.before);
  if (known.length > 0) {
    await client.query({
      name: 'work.clear-references',
      text: `delete from hub.target_reference
             where tenant_id = $1 and connection_id = $2 and subject_id = any($3::uuid[])`,
      values: [tenantId, connectionId, known.map(({ item }) => item.subjectId)],
    });
  }
  const rows = completions.flatMap(({ item, references }) =>
    (references?.all ?? [])
      .filter((id) => uuid.test(id))
      .map((id) => ({
        subject_id: item.subjectId,
        referenced_id: id,
        parked: references!.parked.includes(id),
      })),
  );
  if (rows.length > 0) {
    await client.query({
      name: 'work.write-references',
      text: `insert into hub.target_reference (tenant_id, connection_id, subject_id, referenced_id, parked)
             select $1, $2, g.* from jsonb_to_recordset($3::jsonb)
               as g(subject_id uuid, referenced_id uuid, parked boolean)
             on conflict (tenant_id, connection_id, subject_id, referenced_id) do update set parked = excluded.parked`,
      values: [tenantId, connectionId, JSON.stringify(rows)],
    });
  }
}

async function writeMembers(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  completions: Completion[],
): Promise<void> {
  for (const { item, members, target } of completions) {
    if (item.subjectType !== 'group') continue;
    if (target && (target.after.state === 'deleted' || target.after.state === 'absent')) {
      await client.query(
        `delete from hub.target_member where tenant_id = $1 and connection_id = $2 and group_id = $3`,
        [tenantId, connectionId, item.subjectId],
      );
    }
    if (!members) continue;
    const pairs = [
      ...members.added.map((pair) => ({ ...pair, remote_id: pair.remoteId, outcome: 'added' })),
      ...members.removed.map((pair) => ({ ...pair, outcome: 'removed' })),
      ...members.settled.map((pair) => ({ ...pair, outcome: 'settled' })),
      ...members.parked.map((pair) => ({ ...pair, outcome: pair.writtenAs ? 'parked-removed' : 'parked' })),
    ].map(({ memberId, memberType, revision, remoteId, outcome }) => ({
      member_id: memberId,
      member_type: memberType,
      revision,
      remote_id: remoteId ?? null,
      outcome,
    }));
    if (pairs.length > 0) {
      await client.query({
        name: 'work.write-members',
        text: `with given as (
                 select * from jsonb_to_recordset($4::jsonb) as g(member_id uuid, member_type text, revision int,
                   remote_id text, outcome text)),
               added as (
                 insert into hub.target_member (tenant_id, connection_id, group_id, member_id, member_type, remote_id)
                 select $1, $2, $3, member_id, member_type, remote_id from given where outcome = 'added'
                 on conflict (tenant_id, connection_id, group_id, member_id) do update set
                   remote_id = excluded.remote_id),
               removed as (
                 delete from hub.target_member t using given g
                 where t.tenant_id = $1 and t.connection_id = $2 and t.group_id = $3
                   and t.member_id = any($5::uuid[]) and t.member_id = g.member_id and g.outcome in ('removed', 'parked-removed')),
               parked as (
                 update hub.work_member m set parked = true from given g
                 where m.tenant_id = $1 and m.connection_id = $2 and m.group_id = $3
                   and m.member_id = any($5::uuid[]) and m.member_id = g.member_id and m.revision = g.revision and g.outcome in ('parked', 'parked-removed'))
               delete from hub.work_member m using given g
               where m.tenant_id = $1 and m.connection_id = $2 and m.group_id = $3
                 and m.member_id = any($5::uuid[]) and m.member_id = g.member_id and m.revision = g.revision and g.outcome in ('added', 'removed', 'settled')`,
        values: [
          tenantId,
          connectionId,
          item.subjectId,
          JSON.stringify(pairs),
          pairs.map(({ member_id }) => member_id),
        ],
      });
    }
    if (members.markEvery) {
      const from =
        members.markEvery === 'member-of-directory'
          ? 'select member_id, lower(member_type) from hub.directory_member where tenant_id = $1 and group_id = $3'
          : 'select member_id, member_type from hub.target_member where tenant_id = $1 and connection_id = $2 and group_id = $3';
      await client.query(
        `insert into hub.work_member (tenant_id, connection_id, group_id, member_id, member_type)
         select $1, $2, $3, d.* from (${from}) d(member_id, member_type) order by member_id on conflict do nothing`,
        [tenantId, connectionId, item.subjectId],
      );
    }
  }
}

/** Parked references and memberships become ordinary ones; the subjects they belong to are in `reference` and `member`. */
function unpark(by: 'awaited' | 'waiting', ids: string): string {
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

const wakeUnparked = `
  update hub.work_item w set ${dueAgain}
  where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = any(array(
    select subject_id from reference union select subject_id from member))
  returning w.subject_id`;

/**
 * Makes due what refers to objects by an id they no longer have, and what was parked just now although the
 * object it waits for came in this very transaction or a moment before.
 */
async function wakeOthers(
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
