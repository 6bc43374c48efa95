import { Database, Keyring, Queues } from '@rollcall/platform';
import { type ConnectorAccess, openConnection } from '../connections/open-connection.js';
import { evaluateExpressions } from '../mapping/evaluate-expressions.js';
import type { Action, Plan } from '../plan/plan.js';
import { planGroup } from '../plan/plan-group.js';
import { planUser } from '../plan/plan-user.js';
import { type Loaded, loadSubjects } from '../push/load-subjects.js';
import { pokeWorkers } from '../push/poke-workers.js';
import { endFinishedRuns, findRun, pausedUntil, type Run } from './run.js';
import { RunOver } from './steer-run.js';

export interface KeptDue {
  subject: { type: 'user' | 'group'; id: string; display: string | null };
  action: Action;
  reason: string;
}

export interface Cancelled {
  run: Run;
  /** Users and groups that are not looked at any more: they stay as they are until they change or a new run comes. */
  dropped: number;
  /** What takes access away is never dropped: these stay due. */
  kept: KeptDue[];
}

interface Parts {
  database: Database;
  keyring: Keyring;
  queues: Queues;
  connectors: ConnectorAccess;
}

interface Item {
  id: string;
  type: 'user' | 'group';
  hasAccount: boolean;
  display: string | null;
}

const together = 500;

/**
 * Ends a run before it is through. What is under way ends, what came due by a change stays due, and what would
 * take access away (a leaver's deactivation, a deletion) stays due and is named. Undefined: no such run.
 * Throws RunOver.
 */
export async function cancelRun(
  parts: Parts,
  tenantId: string,
  connectionId: string,
  runId: string,
  actor: string,
): Promise<Cancelled | undefined> {
  const { database } = parts;
  await endFinishedRuns(database);
  const run = await findRun(database, tenantId, connectionId, runId);
  if (!run) return undefined;
  const [row] = await database.query<{ number: number }>(
    `update hub.provisioning_run set state = 'cancelled', ended_at = now(), ended_by = $4
     where tenant_id = $1 and connection_id = $2 and id = $3 and state in ('running', 'paused')
     returning number`,
    [tenantId, connectionId, runId, actor],
  );
  if (!row)
    throw new RunOver(`The run is ${run.state}: only one that is running or paused can be cancelled.`);
  const kept = await takingAccess(parts, tenantId, connectionId, row.number);
  const dropped = await database.query(
    `update hub.work_item set state = 'idle', run = null, handed_until = null, attempts = 0
     where tenant_id = $1 and connection_id = $2 and run = $3 and lease_owner is null
       and revision = run_revision and subject_id <> all($4::uuid[])
     returning subject_id`,
    [tenantId, connectionId, row.number, kept.map(({ subject }) => subject.id)],
  );
  await database.query(
    `update hub.work_item set run = null, due_at = case when due_at >= $4::timestamptz then now() else due_at end
     where tenant_id = $1 and connection_id = $2 and run = $3 and lease_owner is null`,
    [tenantId, connectionId, row.number, pausedUntil],
  );
  await pokeWorkers(parts.queues);
  const after = await findRun(database, tenantId, connectionId, runId);
  return { run: after!, dropped: dropped.length, kept };
}

/** Plans what is left for those who have an account there, and answers what would end it. */
async function takingAccess(
  { database, keyring, connectors }: Parts,
  tenantId: string,
  connectionId: string,
  number: number,
): Promise<KeptDue[]> {
  const items = await database.query<Item>(
    `select w.subject_id as id, w.subject_type as type, t.subject_id is not null as "hasAccount",
       coalesce(u.user_name, g.display_name) as display
     from hub.work_item w
     join hub.target_object t on t.tenant_id = w.tenant_id and t.connection_id = w.connection_id
       and t.subject_id = w.subject_id and t.state in ('active', 'inactive')
     left join hub.directory_user u on u.tenant_id = w.tenant_id and u.id = w.subject_id
     left join hub.directory_group g on g.tenant_id = w.tenant_id and g.id = w.subject_id
     where w.tenant_id = $1 and w.connection_id = $2 and w.run = $3 order by w.subject_id`,
    [tenantId, connectionId, number],
  );
  if (items.length === 0) return [];
  const open = await openConnection(database, keyring, connectors, tenantId, connectionId);
  if (!open) return [];
  const kept: KeptDue[] = [];
  try {
    const { configuration } = open;
    for (let at = 0; at < items.length; at += together) {
      const batch = items.slice(at, at + together);
      const ids = (type: Item['type']) => batch.filter((item) => item.type === type).map(({ id }) => id);
      const loaded = await loadSubjects(database, tenantId, connectionId, configuration, {
        users: ids('user'),
        groups: ids('group'),
        memberLimit: 1,
      });
      for (const { id, type, display } of batch) {
        const plan = await planFor(id, type, configuration, loaded);
        const action = plan && ending(plan);
        if (action) kept.push({ subject: { type, id, display }, action, reason: reasonOf(plan) });
      }
    }
    return kept;
  } finally {
    await open.connector.close();
  }
}

async function planFor(
  id: string,
  type: Item['type'],
  configuration: Parameters<typeof planUser>[1],
  { users, groups, remoteIds }: Loaded,
): Promise<Plan | undefined> {
  const now = new Date();
  if (type === 'user') {
    const subject = users.get(id);
    const { expressions: compiled, type: resourceType } = configuration.users;
    const expressions = await evaluateExpressions(compiled, subject?.user?.resource, resourceType, now);
    return planUser(subject?.user, configuration, subject?.target, { now, remoteIds, expressions });
  }
  const subject = groups.get(id);
  if (!configuration.groups || !subject) return undefined;
  const { expressions: compiled, type: resourceType } = configuration.groups;
  const expressions = await evaluateExpressions(compiled, subject.group?.resource, resourceType, now);
  return planGroup(subject.group, configuration, subject.target, { now, remoteIds, expressions });
}

/** Deactivates or deletes, now, after the grace time, or once somebody allows it. */
function ending(plan: Plan): Action | undefined {
  if (plan.action === 'deactivate' || plan.action === 'delete') return plan.action;
  if (plan.action === 'none' && plan.nextDueAt) return 'delete';
  return undefined;
}

function reasonOf(plan: Plan): string {
  return 'reason' in plan ? plan.reason.text : '';
}
