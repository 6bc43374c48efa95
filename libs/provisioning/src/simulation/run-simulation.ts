import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { Database, Keyring } from '@rollcall/platform';
import { type ConnectorAccess, type Draft, openConnection } from '../connections/open-connection.js';
import { allowedOf, type GuardedAction, limitOf } from '../guard/guard.decide.js';
import { differingMembers } from '../membership/nested-groups.js';
import type { Configuration } from '../plan/plan.js';
import { planUnasked } from '../plan/plan-unasked.js';
import { bothScopes } from '../preview/scope-preview.js';
import { type LoadedGroup, type LoadedUser, loadSubjects } from '../push/load-subjects.js';
import { plannerFor } from '../push/planner.js';
import { redactChanges, secretsOf } from '../report/redact-operation.js';
import type { SimulationResult, WouldBeHeld } from './simulation.js';
import { count, nothingYet, type Simulated } from './tally.js';

export interface SimulationParts {
  database: Database;
  keyring: Keyring;
  connectors: ConnectorAccess;
  /** Brings the directory tables up to date. */
  project(tenantId: string): Promise<unknown>;
}

interface Taken {
  connectionId: string;
  draft: Draft;
  reached: string | null;
  done: number;
  result: SimulationResult;
}

interface Compared {
  saved: Configuration;
  drafted: Configuration;
  /** For loading: what either of them looks at. */
  loading: Configuration;
  nested: boolean;
}

const pageSize = 1_000;
const turnAfter = 50;
/** Reached when nothing comes after. */
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** A run that has not been heard of for so long has lost its process. */
export const silentSeconds = 10;

/**
 * Runs a simulation, or goes on with it where another process came to its end. The target is not asked: what is known
 * of it is what was written there. Ends early when the simulation was cancelled or is somebody else's by now.
 */
export async function runSimulation(parts: SimulationParts, tenantId: string, id: string): Promise<void> {
  const { database } = parts;
  const runner = randomUUID();
  const taken = await take(database, tenantId, id, runner);
  if (!taken) return;
  try {
    await parts.project(tenantId);
    const compared = await open(parts, tenantId, taken);
    if (!compared) return;
    await countPopulation(database, tenantId, id, taken.connectionId);
    const result = { ...nothingYet(), ...taken.result };
    let { reached, done } = taken;
    for (;;) {
      const page = await pageAfter(database, tenantId, taken.connectionId, reached);
      const rows = await simulate(database, tenantId, taken.connectionId, compared, page.subjects, result);
      reached = page.reached ?? lastId;
      done += page.subjects.length;
      if (!(await keep(database, tenantId, id, runner, { rows, reached, done, result }))) return;
      if (page.reached === undefined) break;
    }
    result.memberships = await memberships(database, tenantId, id, taken.connectionId, compared.drafted);
    result.wouldBeHeld = await wouldBeHeld(database, tenantId, taken.connectionId, compared.drafted, result);
    await database.query(
      `update hub.simulation set state = 'done', finished_at = now(), result = $4, total = done
       where tenant_id = $1 and id = $2 and runner = $3 and state = 'running'`,
      [tenantId, id, runner, result],
    );
  } catch (error) {
    if (!isForGood(error)) throw error;
    await database.query(
      `update hub.simulation set state = 'failed', finished_at = now(), error = $4
       where tenant_id = $1 and id = $2 and runner = $3 and state = 'running'`,
      [tenantId, id, runner, (error as Error).message.slice(0, 2_000)],
    );
  }
}

/** The database being away is no answer: the next look goes on from what is kept. */
function isForGood(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === undefined || /^(?:2[23]|42)/.test(code);
}

async function take(
  database: Database,
  tenantId: string,
  id: string,
  runner: string,
): Promise<Taken | undefined> {
  const [row] = await database.query<Taken>(
    `update hub.simulation set state = 'running', runner = $3, beat_at = now(),
       started_at = coalesce(started_at, now())
     where tenant_id = $1 and id = $2 and (state = 'queued' or (state = 'running'
       and beat_at < now() - interval '${silentSeconds} seconds'))
     returning connection_id as "connectionId", draft, reached, done, result`,
    [tenantId, id, runner],
  );
  return row;
}

async function open(
  { database, keyring, connectors }: SimulationParts,
  tenantId: string,
  { connectionId, draft }: Taken,
): Promise<Compared | undefined> {
  const live = await openConnection(database, keyring, connectors, tenantId, connectionId);
  const drafted = await openConnection(database, keyring, connectors, tenantId, connectionId, draft);
  await live?.connector.close();
  await drafted?.connector.close();
  if (!live || !drafted) return undefined;
  const [a, b] = [live.configuration, drafted.configuration];
  return {
    saved: a,
    drafted: b,
    nested: drafted.capabilities.members.nested,
    loading: {
      ...b,
      users: { ...b.users, attributes: [...a.users.attributes, ...b.users.attributes] },
      scope: bothScopes(a.scope, b.scope),
    },
  };
}

const live = `select s.id, 'user' as type from hub.directory_user s where s.tenant_id = $1 and s.deleted_at is null`;
const liveGroups = `select s.id, 'group' as type from hub.directory_group s
  where s.tenant_id = $1 and s.deleted_at is null`;
/** What is still at the target of those that are gone from the directory. */
const leftThere = `select t.subject_id as id, t.subject_type as type from hub.target_object t
  left join hub.directory_user u on u.tenant_id = t.tenant_id and u.id = t.subject_id and u.deleted_at is null
  left join hub.directory_group g on g.tenant_id = t.tenant_id and g.id = t.subject_id and g.deleted_at is null
  where t.tenant_id = $1 and t.connection_id = $2 and t.state in ('active', 'inactive')
    and u.id is null and g.id is null`;

async function countPopulation(
  database: Database,
  tenantId: string,
  id: string,
  connectionId: string,
): Promise<void> {
  await database.query(
    `update hub.simulation set total = (select count(*)::int from (
       ${live} union all ${liveGroups} union all ${leftThere}) p)
     where tenant_id = $1 and connection_id = $2 and id = $3`,
    [tenantId, connectionId, id],
  );
}

interface Page {
  subjects: { id: string; type: 'user' | 'group' }[];
  /** Undefined: nothing comes after. */
  reached: string | undefined;
}

/** In the order of the ids. The target's objects are looked through once, a range of ids with each page. */
async function pageAfter(
  database: Database,
  tenantId: string,
  connectionId: string,
  after: string | null,
): Promise<Page> {
  const from = (column: string) => `and ($2::uuid is null or ${column} > $2) order by id limit ${pageSize}`;
  const found = await database.query<Page['subjects'][number]>(
    `select * from ((${live} ${from('s.id')}) union all (${liveGroups} ${from('s.id')})) p
     order by id limit ${pageSize}`,
    [tenantId, after],
  );
  const end = found.length === pageSize ? found.at(-1)!.id : undefined;
  const left = await database.query<Page['subjects'][number]>(
    `${leftThere} and ($3::uuid is null or t.subject_id > $3) and ($4::uuid is null or t.subject_id <= $4)
     order by t.subject_id limit ${pageSize}`,
    [tenantId, connectionId, after, end ?? null],
  );
  const reached = left.length === pageSize ? left.at(-1)!.id : end;
  const within = reached === undefined ? found : found.filter(({ id }) => id <= reached);
  return { subjects: [...within, ...left], reached };
}

async function simulate(
  database: Database,
  tenantId: string,
  connectionId: string,
  { saved, drafted, loading }: Compared,
  page: { id: string; type: 'user' | 'group' }[],
  result: SimulationResult,
): Promise<Simulated[]> {
  const now = new Date();
  const idsOf = (wanted: string) => page.filter(({ type }) => type === wanted).map(({ id }) => id);
  const asked = { users: idsOf('user'), groups: idsOf('group'), memberLimit: 0 };
  const { users, groups, remoteIds } = await loadSubjects(database, tenantId, connectionId, loading, asked);
  const rows: Simulated[] = [];
  for (const [at, subject] of page.entries()) {
    if (at % turnAfter === 0) await turn();
    const loaded = users.get(subject.id) ?? groups.get(subject.id);
    if (!loaded) continue;
    const outcome = async (configuration: Configuration) => {
      const { plan } = await plannerFor(within(loaded, configuration), configuration, remoteIds, now);
      return planUnasked((answers) => plan(loaded.target, answers));
    };
    const [live, draft] = [await outcome(saved), await outcome(drafted)];
    const row = count(result, subject, loaded.target, live, draft);
    const secrets = secretsOf(drafted[subject.type === 'user' ? 'users' : 'groups']);
    rows.push({ ...row, changes: row.changes && redactChanges(row.changes, secrets) });
  }
  return rows;
}

/** Loaded with the groups of both scopes: each configuration is shown its own. */
function within(loaded: LoadedUser | LoadedGroup, { scope }: Configuration): LoadedUser | LoadedGroup {
  if (loaded.type === 'group' || !loaded.user) return loaded;
  const memberOf = loaded.user.memberOf.filter((id) => scope.users.groups?.has(id));
  return { ...loaded, user: { ...loaded.user, memberOf } };
}

/** False: it was cancelled, or another process has it. */
async function keep(
  database: Database,
  tenantId: string,
  id: string,
  runner: string,
  {
    rows,
    reached,
    done,
    result,
  }: { rows: Simulated[]; reached: string | null; done: number; result: SimulationResult },
): Promise<boolean> {
  return database.transaction(async (client) => {
    const { rowCount } = await client.query(
      `update hub.simulation set reached = $4, done = $5, result = $6, beat_at = now()
       where tenant_id = $1 and id = $2 and runner = $3 and state = 'running'`,
      [tenantId, id, runner, reached, done, result],
    );
    if (rowCount === 0) return false;
    const column = <K extends keyof Simulated>(key: K) => rows.map((row) => row[key]);
    await client.query({
      name: 'simulation.keep',
      text: `insert into hub.simulation_subject (tenant_id, simulation_id, subject_id, subject_type, live, draft, differs,
               has_account, reason, live_reason, changes)
             select $1, $2, * from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::boolean[],
               $9::text[], $10::text[], $11::jsonb[])`,
      values: [
        tenantId,
        id,
        column('subjectId'),
        column('subjectType'),
        column('live'),
        column('draft'),
        column('differs'),
        column('hasAccount'),
        column('reason'),
        column('liveReason'),
        rows.map(({ changes }) => (changes ? JSON.stringify(changes) : null)),
      ],
    });
    return true;
  });
}

async function memberships(
  database: Database,
  tenantId: string,
  id: string,
  connectionId: string,
  { policy, groups }: Configuration,
): Promise<{ add: number; remove: number }> {
  if (!groups || !policy.groups.enabled || !policy.groups.members) return { add: 0, remove: 0 };
  const kept = `select subject_id from hub.simulation_subject where tenant_id = $1 and simulation_id = $3
    and subject_type = 'group' and has_account`;
  const [row] = await database.query<{ add: number; remove: number }>(
    `select count(*) filter (where d.wanted and t.member_id is null and s.has_account)::int as add,
       count(*) filter (where not d.wanted and t.member_id is not null)::int as remove
     from (${differingMembers(kept, policy.groups.membership === 'effective')}) d
     left join hub.target_member t on t.tenant_id = $1 and t.connection_id = $2 and t.group_id = d.group_id
       and t.member_id = d.member_id
     left join hub.simulation_subject s on s.tenant_id = $1 and s.simulation_id = $3 and s.subject_id = d.member_id`,
    [tenantId, connectionId, id],
  );
  return row!;
}

const guarded: GuardedAction[] = ['create', 'update', 'deactivate', 'delete'];

/** Everybody is looked at when a configuration is saved, so all of it counts at once. */
async function wouldBeHeld(
  database: Database,
  tenantId: string,
  connectionId: string,
  { policy }: Configuration,
  { draft }: SimulationResult,
): Promise<WouldBeHeld[]> {
  const rows = await database.query<{ type: 'user' | 'group'; active: number; all: number }>(
    `select subject_type as type, count(*) filter (where state = 'active')::int as active, count(*)::int as all
     from hub.target_object where tenant_id = $1 and connection_id = $2 and state in ('active', 'inactive')
     group by 1`,
    [tenantId, connectionId],
  );
  return (['user', 'group'] as const).flatMap((subjectType) =>
    guarded.flatMap((action) => {
      const limit = limitOf(policy.guard, action);
      const planned = draft[subjectType][action] ?? 0;
      const standing = rows.find(({ type }) => type === subjectType);
      const live = (action === 'deactivate' ? standing?.active : standing?.all) ?? 0;
      if (!limit || planned <= allowedOf(live, limit)) return [];
      const { above, abovePercent, withinMinutes } = limit;
      return [{ action, subjectType, count: planned, live, above, abovePercent, withinMinutes }];
    }),
  );
}
