import { sameJson } from '@rollcall/scim';
import type { SubjectType } from '@rollcall/connectors';
import type { AttributePlan, Plan, Question, TargetObject } from '../plan/plan.js';
import type { Outcome, SimulationResult } from './simulation.js';

export type Answered = Exclude<Plan, Question>;

/** Of each outcome so many are kept with their values. */
const mostKept = 20;

export interface Simulated {
  subjectType: SubjectType;
  subjectId: string;
  live: Outcome;
  draft: Outcome;
  differs: boolean;
  hasAccount: boolean;
  reason: string;
  liveReason: string;
  changes: AttributePlan[] | null;
}

export function nothingYet(): SimulationResult {
  return {
    draft: { user: {}, group: {} },
    live: { user: {}, group: {} },
    differ: { user: 0, group: 0 },
    transitions: { user: {}, group: {} },
    reasons: { user: {}, group: {} },
    attributes: { user: {}, group: {} },
    kept: {},
  };
}

/** Adds one subject to the result, and answers what is kept of it. */
export function count(
  result: SimulationResult,
  subject: { type: SubjectType; id: string },
  target: TargetObject | undefined,
  live: Answered,
  draft: Answered,
): Simulated {
  const { type } = subject;
  const differs = live.action !== draft.action || !sameJson(valuesOf(live), valuesOf(draft));
  add(result.draft[type], draft.action);
  add(result.live[type], live.action);
  const reasons = (result.reasons[type][draft.action] ??= {});
  add(reasons, codeOf(draft));
  if (differs) {
    result.differ[type] += 1;
    add(result.transitions[type], `${live.action} > ${draft.action}`);
  }
  const changes = 'changes' in draft ? draft.changes : [];
  for (const { attribute, to } of changes) {
    const told = (result.attributes[type][attribute] ??= { set: 0, cleared: 0 });
    if (to === undefined) told.cleared += 1;
    else told.set += 1;
  }
  const key = `${type} ${differs ? `${live.action} > ` : ''}${draft.action}`;
  const keeps = changes.length > 0 && (result.kept[key] ?? 0) < mostKept;
  if (keeps) add(result.kept, key);
  return {
    subjectType: type,
    subjectId: subject.id,
    live: live.action,
    draft: draft.action,
    differs,
    hasAccount: wouldHaveAccount(draft, target),
    reason: textOf(draft),
    liveReason: textOf(live),
    changes: keeps ? changes : null,
  };
}

function wouldHaveAccount(plan: Answered, target: TargetObject | undefined): boolean {
  if (plan.action === 'create' || plan.action === 'adopt') return true;
  if (plan.action === 'delete' || (plan.action === 'none' && plan.letGo)) return false;
  return target?.state === 'active' || target?.state === 'inactive';
}

function valuesOf(plan: Answered): unknown {
  return 'changes' in plan ? plan.changes.map(({ attribute, to = null }) => [attribute, to]) : [];
}

const codeOf = (plan: Answered): string => (plan.action === 'refuse' ? plan.code : plan.reason.code);
const textOf = (plan: Answered): string => (plan.action === 'refuse' ? plan.message : plan.reason.text);

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
