import type { Attributes } from '@rollcall/connectors';
import { applyPlan } from '../plan/apply-plan.js';
import type { Answers } from '../plan/facts.js';
import type { Permit } from '../guard/permit.js';
import { type Action, isQuestion, type Plan, type Question, type TargetObject } from '../plan/plan.js';
import { hasAccount } from '../work/wake-waiting.js';
import { type Attempt, type Failure, isFailure } from './attempt.js';

export type Stop = Exclude<Permit, { kind: 'go' }>;
type Doing = Exclude<Plan, Question | { action: 'refuse' | 'none' }>;

/** How far a plan came. `target` is what is known of the subject at the target now. */
export type CarriedOut =
  /** `own`: what was adopted is the hub's own work. `rest`: the target refuses what else was planned. */
  | { kind: 'done'; plan: Doing; target: TargetObject; own: boolean; rest?: true }
  | { kind: 'nothing'; plan: Extract<Plan, { action: 'none' }>; target: TargetObject | undefined }
  | { kind: 'refused'; plan: Extract<Plan, { action: 'refuse' }>; target: TargetObject | undefined }
  | { kind: 'stopped'; plan: Doing; permit: Stop; target: TargetObject | undefined }
  | { kind: 'failed'; plan: Plan; failure: Failure; target: TargetObject | undefined };

/** Each question takes a round of its own. */
const rounds = 8;

/**
 * Plans and does what is missing. An account that turns out to be gone is looked for and made again; one that
 * turns out to be there already is looked up and adopted.
 * @param permit asked before anything is changed
 * @param made id there of what an earlier attempt made and could not record
 * @param mayExist see Answers
 * @param refresh what is known of an account that an earlier attempt may have changed unseen
 * @param lookFirst an earlier attempt may have made the account unseen: only a look at the target counts
 */
export async function carryOut(
  plan: (target: TargetObject | undefined, answers: Answers) => Plan,
  known: TargetObject | undefined,
  attempt: Attempt,
  lookFirst: boolean,
  permit: (action: Action) => Promise<Permit>,
  made?: string,
  mayExist = false,
  refresh?: (target: TargetObject, observed: Attributes) => TargetObject,
): Promise<CarriedOut> {
  let target = known;
  let answers: Answers = { mayExist };
  let lookAgain = lookFirst;
  if (lookFirst && target && refresh && hasAccount(target)) {
    const observed = await attempt.observe(target.remoteId);
    if (isFailure(observed))
      return { kind: 'failed', plan: plan(target, answers), failure: observed, target };
    target = refresh(target, observed);
  }
  for (let round = 1; ; round += 1) {
    const planned = plan(target, answers);
    if (planned.action === 'none')
      return { kind: 'nothing', plan: planned, target: applyPlan(target, planned) };
    if (planned.action === 'refuse') return { kind: 'refused', plan: planned, target };
    if (isQuestion(planned)) {
      const found = await answer(planned, attempt, lookAgain);
      if (isFailure(found)) return { kind: 'failed', plan: planned, failure: found, target };
      answers = { ...answers, ...found };
      continue;
    }
    const permitted = await permit(planned.action);
    if (permitted.kind !== 'go') return { kind: 'stopped', plan: planned, permit: permitted, target };
    const result = await doPlan(planned, target, attempt);
    if (typeof result === 'string' || result === undefined) {
      const own = planned.action === 'adopt' && made !== undefined && planned.remoteId === made;
      const after = applyPlan(target, planned, result)!;
      return { kind: 'done', plan: planned, target: own ? { ...after, origin: 'created' } : after, own };
    }
    const access = accessAlone(planned, result);
    if (access && !isFailure(await doPlan(access, target, attempt)))
      return { kind: 'done', plan: access, target: applyPlan(target, access)!, own: false, rest: true };
    const surprise =
      (result.kind === 'not-found' && planned.action !== 'create') ||
      (result.kind === 'conflict' && planned.action === 'create' && !lookAgain);
    if (!surprise || round >= rounds) return { kind: 'failed', plan: planned, failure: result, target };
    if (result.kind === 'not-found' && target) target = { ...target, state: 'absent', written: {} };
    lookAgain = true;
    answers = { mayExist };
  }
}

async function answer(question: Question, attempt: Attempt, lookAgain: boolean): Promise<Answers | Failure> {
  switch (question.action) {
    case 'match': {
      const match = await attempt.look(question.keys, !lookAgain);
      return isFailure(match) ? match : { match };
    }
    case 'observe': {
      const observed = await attempt.observe(question.remoteId);
      return isFailure(observed) ? observed : { observed };
    }
    case 'choose': {
      const unique = await attempt.choose(question.choices);
      return isFailure(unique) ? unique : { unique };
    }
  }
}

/** A value that the target will not take must not keep somebody's access: that is taken away alone then. */
function accessAlone(plan: Doing, { kind }: Failure): Doing | undefined {
  const refused = kind === 'rejected' || kind === 'conflict';
  if (plan.action !== 'deactivate' || !refused || plan.changes.length < 2) return undefined;
  return { ...plan, changes: plan.changes.slice(-1) };
}

/** The new object's id for a plan that creates, undefined for another that succeeded. */
async function doPlan(
  plan: Doing,
  target: TargetObject | undefined,
  attempt: Attempt,
): Promise<string | Failure | undefined> {
  if (plan.action === 'create') return attempt.create(plan.changes);
  const remoteId = plan.remoteId ?? target!.remoteId;
  if (plan.action === 'delete') return attempt.delete(remoteId, target?.written);
  return plan.changes.length > 0 ? attempt.update(remoteId, plan.changes, target?.written) : undefined;
}
