import type { SubjectType } from '@rollcall/connectors';
import { Database } from '@rollcall/platform';
import type { Answers } from '../plan/facts.js';
import type { Action, Configuration, Plan } from '../plan/plan.js';
import { loadSubjects } from '../push/load-subjects.js';
import { plannerFor } from '../push/planner.js';
import type { GuardedAction } from './guard.decide.js';

const pageSize = 500;

export interface Asked {
  action: GuardedAction;
  subjectType: SubjectType;
  withinMinutes: number;
  /** Already counted. */
  except: string[];
}

/**
 * Other subjects that are due now and for which the same action is planned, by the planner itself; at least
 * `enough`, or all there are. So a wrong filter shows before the first account is gone, not after the last that
 * was allowed.
 */
export async function dueFor(
  database: Database,
  tenantId: string,
  connectionId: string,
  configuration: Configuration,
  asked: Asked,
  enough: number,
): Promise<string[]> {
  const found: string[] = [];
  let after: string | null = null;
  do {
    const page: string[] = await candidates(database, tenantId, connectionId, configuration, asked, after);
    found.push(...(await planned(database, tenantId, connectionId, configuration, asked, page)));
    after = page.length === pageSize ? page.at(-1)! : null;
  } while (after !== null && found.length < enough);
  return found;
}

/** Of the subjects that are due, those the action can be planned for; a scope rule is left to the planner. */
async function candidates(
  database: Database,
  tenantId: string,
  connectionId: string,
  { scope }: Configuration,
  { action, subjectType, withinMinutes, except }: Asked,
  after: string | null,
): Promise<string[]> {
  const leaves = action === 'deactivate' || action === 'delete';
  const gone = subjectType === 'user' ? 'u.id is null or u.deleted_at is not null or not u.active' : 'true';
  const judged =
    subjectType === 'group' || scope.users.rule !== undefined || scope.users.groups !== undefined;
  const rows = await database.query<{ id: string }>(
    `select w.subject_id as id from hub.work_item w
     left join hub.target_object t on t.tenant_id = $1 and t.connection_id = $2 and t.subject_id = w.subject_id
       and t.state in ('active', 'inactive')
     ${subjectType === 'user' ? 'left join hub.directory_user u on u.tenant_id = $1 and u.id = w.subject_id' : ''}
     where w.tenant_id = $1 and w.connection_id = $2 and w.subject_type = $3
       and w.state in ('due', 'retrying') and w.due_at <= now()
       and ($4::uuid is null or w.subject_id > $4) and w.subject_id <> all ($5::uuid[])
       and coalesce(w.hold->>'verdict', '') = ''
       and not exists (select from hub.guard_pass p where p.tenant_id = $1 and p.connection_id = $2
         and p.action = $6 and p.subject_type = $3 and p.subject_id = w.subject_id
         and p.at > now() - $7::int * interval '1 minute')
       and ${action === 'create' ? 't.subject_id is null' : 't.subject_id is not null'}
       ${leaves && !judged ? `and (${gone})` : ''}
     order by w.subject_id limit ${pageSize}`,
    [tenantId, connectionId, subjectType, after, except, action, withinMinutes],
  );
  return rows.map(({ id }) => id);
}

/** Those of the page whom the action is planned for. */
async function planned(
  database: Database,
  tenantId: string,
  connectionId: string,
  configuration: Configuration,
  { action, subjectType }: Asked,
  page: string[],
): Promise<string[]> {
  if (page.length === 0) return [];
  const now = new Date();
  const { users, groups, remoteIds } = await loadSubjects(database, tenantId, connectionId, configuration, {
    users: subjectType === 'user' ? page : [],
    groups: subjectType === 'group' ? page : [],
    memberLimit: 0,
  });
  const found: string[] = [];
  for (const [id, loaded] of [...users, ...groups]) {
    const { plan } = await plannerFor(loaded, configuration, remoteIds, now);
    if (actionOf((answers) => plan(loaded.target, answers)) === action) found.push(id);
  }
  return found;
}

/** What a plan comes to, as far as that can be said without asking the target. */
function actionOf(plan: (answers: Answers) => Plan): Action | undefined {
  const first = plan({});
  const known = first.action === 'observe' ? plan({ observed: {} }) : first;
  if (known.action === 'match' || known.action === 'choose') return 'create';
  return 'changes' in known ? known.action : undefined;
}
