import { Database } from '@rollcall/platform';
import { displaysOf } from '../history/member-names.js';
import { isQuestion, type Plan } from '../plan/plan.js';
import type { OperationError } from '../report/operation.events.js';

/** One thing that keeps a user from being in line at a connection, or says that it is. */
export interface Standing {
  /**
   * in-line, out-of-scope, protected, switched-off, kept, never-provisioned, ... as plans have them; or disabled,
   * quarantined, paused, waiting, pending, retrying, dead-letter, held, denied, parked, scheduled, refused.
   */
  code: string;
  text: string;
  remedy?: string;
  /** Attribute it is about, of the target. */
  attribute?: string;
}

export interface Around {
  connection: {
    name: string;
    state: string;
    stateReason: string | null;
    paused: boolean;
    pauseReason: string | null;
    waitsUntil: Date | null;
  };
  work: { state: string; dueAt: Date; attempts: number; error: OperationError | null } | null;
  /** Groups that wait for this user's account. */
  parkedGroups: string[];
}

/** What is around a user at a connection: the connection's own state, and the work that is due. */
export async function readAround(
  database: Database,
  tenantId: string,
  connectionId: string,
  subjectId: string,
): Promise<Around | undefined> {
  const [row] = await database.query<
    Around['connection'] & { work: (Around['work'] & { dueAt: string }) | null; parkedGroups: string[] }
  >(
    `select c.name, c.state, c.state_reason as "stateReason",
       c.paused_at is not null and (c.paused_until is null or c.paused_until > now()) as paused,
       c.pause_reason as "pauseReason", case when c.not_before > now() then c.not_before end as "waitsUntil",
       (select jsonb_build_object('state', w.state, 'dueAt', w.due_at, 'attempts', w.attempts, 'error', w.last_error)
        from hub.work_item w where w.tenant_id = $1 and w.connection_id = $2 and w.subject_id = $3) as work,
       array(select g.display_name from hub.work_member m
         join hub.directory_group g on g.tenant_id = m.tenant_id and g.id = m.group_id
         where m.tenant_id = $1 and m.connection_id = $2 and m.member_id = $3 and m.parked
         order by 1 limit 10) as "parkedGroups"
     from hub.connection c where c.tenant_id = $1 and c.id = $2`,
    [tenantId, connectionId, subjectId],
  );
  if (!row) return undefined;
  const { work, parkedGroups, ...connection } = row;
  return { connection, parkedGroups, work: work && { ...work, dueAt: new Date(work.dueAt) } };
}

export async function standingsOf(
  database: Database,
  tenantId: string,
  plan: Plan,
  around: Around,
): Promise<Standing[]> {
  const parked = 'references' in plan ? (plan.references?.parked ?? []) : [];
  const names = await displaysOf(database, tenantId, parked);
  return [
    ...ofConnection(around.connection),
    ...ofPlan(plan),
    ...ofWork(around.work),
    ...parked.map((id) => ({
      code: 'parked',
      text: `${names.get(id) ?? id}, who is referred to, has no account there yet: the reference is written once there is one.`,
      remedy: 'Bring that user into the scope of the connection, or see why they have no account there.',
    })),
    ...around.parkedGroups.map((name) => ({
      code: 'parked',
      text: `Group "${name}" waits for this user's account there.`,
    })),
  ];
}

function ofConnection({
  name,
  state,
  stateReason,
  paused,
  pauseReason,
  waitsUntil,
}: Around['connection']): Standing[] {
  if (state === 'disabled') {
    return [
      { code: 'disabled', text: `${name} is disabled: nothing is sent.`, remedy: 'Enable the connection.' },
    ];
  }
  if (state === 'quarantined') {
    return [
      {
        code: 'quarantined',
        text: `${name} is in quarantine: ${stateReason ?? 'the target refuses the hub'}`,
        remedy: 'Mend what is named, such as the credentials; the hub tries by itself from time to time.',
      },
    ];
  }
  if (paused) {
    const why = pauseReason ? `: ${pauseReason}` : '';
    return [
      { code: 'paused', text: `${name} is paused by a person${why}.`, remedy: 'Resume the connection.' },
    ];
  }
  if (waitsUntil) {
    const why = stateReason ? `: ${stateReason}` : '';
    return [
      { code: 'waiting', text: `Nothing is sent to ${name} before ${waitsUntil.toISOString()}${why}.` },
    ];
  }
  return [];
}

function ofPlan(plan: Plan): Standing[] {
  if (isQuestion(plan)) {
    const keys =
      plan.action === 'match' ? plan.keys.map(({ attribute, value }) => `${attribute} "${value}"`) : [];
    const by = keys.length > 0 ? ` by ${keys.join(', then ')}` : '';
    return [
      {
        code: 'pending',
        text: `The target is asked first${by}; then the account is made, taken over or changed.`,
      },
    ];
  }
  if (plan.action === 'refuse') {
    const { message, remedy, attribute } = plan;
    return [{ code: 'refused', text: message, remedy, ...(attribute !== undefined && { attribute }) }];
  }
  const problems = 'problems' in plan ? (plan.problems ?? []) : [];
  const failing = problems.map(({ attribute, message }) => ({ code: 'refused', text: message, attribute }));
  if (plan.action === 'none') {
    const { reason, nextDueAt } = plan;
    const code = nextDueAt ? 'scheduled' : reason.code;
    return [{ code, text: reason.text, ...remedyOf(reason.code) }, ...failing];
  }
  const what = plan.changes.map(({ attribute }) => attribute).join(', ');
  return [
    { code: 'pending', text: `${plan.reason.text} Due: ${plan.action}${what ? ` (${what})` : ''}.` },
    ...failing,
  ];
}

function remedyOf(code: string): { remedy?: string } {
  switch (code) {
    case 'out-of-scope':
      return { remedy: 'Change the scope of the connection, or what of the user the scope asks for.' };
    case 'switched-off':
      return { remedy: "Switch the action on in the connection's policy." };
    case 'protected':
      return { remedy: "Take the account out of the policy's protected list, if the hub may touch it." };
    case 'no-active-attribute':
      return { remedy: 'Map the source "active" to an attribute of the target.' };
    default:
      return {};
  }
}

function ofWork(work: Around['work']): Standing[] {
  if (!work) return [];
  const { state, error, attempts, dueAt } = work;
  const attribute = error?.attribute === undefined ? {} : { attribute: error.attribute };
  const remedy = error?.remedy === undefined ? {} : { remedy: error.remedy };
  switch (state) {
    case 'dead':
      return [
        {
          code: 'dead-letter',
          text: `Given up after ${attempts} attempts: ${error?.message ?? 'no reason was recorded'}`,
          remedy:
            error?.remedy ?? 'Mend the cause and retry the dead letter, or change the user at the source.',
          ...attribute,
        },
      ];
    case 'retrying':
      return [
        {
          code: 'retrying',
          text: `Attempt ${attempts} failed: ${error?.message ?? ''} The next one is at ${dueAt.toISOString()}.`,
          ...remedy,
          ...attribute,
        },
      ];
    case 'held':
      return [
        {
          code: 'held',
          text: 'The guard on volume holds the operation back.',
          remedy: 'Allow or deny it: GET /api/v1/holds.',
        },
      ];
    case 'denied':
      return [
        { code: 'denied', text: 'An admin has denied the operation.', remedy: 'Allow it in its hold.' },
      ];
    case 'due':
      return dueAt <= new Date()
        ? [{ code: 'waiting', text: `Due since ${dueAt.toISOString()}: its turn comes.` }]
        : [];
    default:
      return [];
  }
}
