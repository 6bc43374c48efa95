import { applyPlan } from '../plan/apply-plan.js';
import type { Match } from '../matching/match.js';
import type { Plan, TargetObject } from '../plan/plan.js';
import { type Attempt, type Failure, isFailure } from './attempt.js';

type Doing = Exclude<Plan, { action: 'match' | 'refuse' | 'none' }>;

/** How far a plan came. `target` is what is known of the subject at the target now. */
export type CarriedOut =
  | { kind: 'done'; plan: Doing; target: TargetObject }
  | { kind: 'nothing'; plan: Extract<Plan, { action: 'none' }>; target: TargetObject | undefined }
  | { kind: 'refused'; plan: Extract<Plan, { action: 'refuse' }>; target: TargetObject | undefined }
  | { kind: 'failed'; plan: Plan; failure: Failure; target: TargetObject | undefined };

const rounds = 4;

/**
 * Plans and does what is missing. An account that turns out to be gone is looked for and made again; one that
 * turns out to be there already is looked up and adopted.
 * @param lookFirst an earlier attempt may have made the account unseen: only a look at the target counts
 */
export async function carryOut(
  plan: (target: TargetObject | undefined, match: Match | undefined) => Plan,
  known: TargetObject | undefined,
  attempt: Attempt,
  lookFirst: boolean,
): Promise<CarriedOut> {
  let target = known;
  let match: Match | undefined;
  let lookAgain = lookFirst;
  for (let round = 1; ; round += 1) {
    const planned = plan(target, match);
    if (planned.action === 'none')
      return { kind: 'nothing', plan: planned, target: applyPlan(target, planned) };
    if (planned.action === 'refuse') return { kind: 'refused', plan: planned, target };
    if (planned.action === 'match') {
      const found = await attempt.look(planned.keys, !lookAgain);
      if (isFailure(found)) return { kind: 'failed', plan: planned, failure: found, target };
      match = found;
      continue;
    }
    const result = await doPlan(planned, target, attempt);
    if (typeof result === 'string' || result === undefined) {
      return { kind: 'done', plan: planned, target: applyPlan(target, planned, result)! };
    }
    const surprise =
      (result.kind === 'not-found' && planned.action !== 'create') ||
      (result.kind === 'conflict' && planned.action === 'create' && !lookAgain);
    if (!surprise || round >= rounds) return { kind: 'failed', plan: planned, failure: result, target };
    if (result.kind === 'not-found' && target) target = { ...target, state: 'absent', written: {} };
    lookAgain = true;
    match = undefined;
  }
}

/** The new object's id for a plan that creates, undefined for another that succeeded. */
async function doPlan(
  plan: Doing,
  target: TargetObject | undefined,
  attempt: Attempt,
): Promise<string | Failure | undefined> {
  if (plan.action === 'create') return attempt.create(plan.changes);
  const remoteId = plan.remoteId ?? target!.remoteId;
  if (plan.action === 'delete') return attempt.delete(remoteId);
  return plan.changes.length > 0 ? attempt.update(remoteId, plan.changes) : undefined;
}
