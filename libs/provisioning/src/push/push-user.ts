import { asObserved } from '../plan/as-observed.js';
import { isQuestion } from '../plan/plan.js';
import { carryOut } from './carry-out.js';
import type { LoadedUser } from './load-subjects.js';
import { plannerFor } from './planner.js';
import {
  type Done,
  failed,
  nothingDone,
  progressOf,
  type PushContext,
  type Pushed,
  refused,
  stopped,
  succeeded,
} from './settle-push.js';

export async function pushUser(
  loaded: LoadedUser,
  remoteIds: ReadonlyMap<string, string>,
  context: PushContext,
): Promise<Pushed> {
  const { configuration, attempt, item, now } = context;
  const { target } = loaded;
  const planner = await plannerFor(loaded, configuration, remoteIds, now);
  const carried = await carryOut(
    planner.plan,
    target,
    attempt,
    item.lookFirst,
    context.permit,
    item.made?.remoteId,
    item.mayExist,
    (known, observed) => asObserved(known, observed, configuration.users),
  );
  const progress = progressOf(target, carried.target, carried.plan);
  switch (carried.kind) {
    case 'nothing':
      return nothingDone(context, carried.plan, progress);
    case 'refused':
      return refused(context, carried.plan, progress);
    case 'stopped':
      return stopped(context, doneOf(carried), carried.permit);
    case 'failed':
      return failed(context, doneOf(carried), carried.failure, progress);
    case 'done':
      // What failed of the mapping, and what the target refuses beside it, is said once the rest is done.
      return succeeded(
        context,
        doneOf(carried),
        progress,
        carried.plan.problems || carried.rest ? now : carried.plan.nextDueAt,
      );
  }
}

export function doneOf(
  carried: Extract<Awaited<ReturnType<typeof carryOut>>, { kind: 'done' | 'failed' | 'stopped' }>,
): Done {
  const { plan, target } = carried;
  const remoteId = target?.remoteId;
  if (carried.kind === 'done' && carried.own) {
    const reason = 'The account was made a moment ago by an attempt that could not record it.';
    return { action: 'create', reason, changes: carried.plan.changes, remoteId };
  }
  if (isQuestion(plan) || plan.action === 'refuse' || plan.action === 'none') {
    return { action: 'create', reason: 'The target is searched for the subject.', changes: [], remoteId };
  }
  return { action: plan.action, reason: plan.reason.text, changes: plan.changes, remoteId };
}
