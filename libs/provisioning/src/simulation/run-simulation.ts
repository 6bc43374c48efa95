import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { Database, Keyring } from '@rollcall/platform';
import { type ConnectorAccess, type Draft, openConnection } from '../connections/open-connection.js';
import type { Configuration } from '../plan/plan.js';
import { planUnasked } from '../plan/plan-unasked.js';
import { bothScopes } from '../preview/scope-preview.js';
import { type LoadedGroup, type LoadedUser, loadSubjects } from '../push/load-subjects.js';
import { plannerFor } from '../push/planner.js';
import { redactChanges, secretsOf } from '../report/redact-operation.js';
import { memberships, wouldBeHeld } from './consequences.js';
import { countPopulation, pageAfter } from './population.js';
import type { SimulationResult } from './simulation.js';
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
