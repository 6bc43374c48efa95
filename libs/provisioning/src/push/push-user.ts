import { planUser } from '../plan/plan-user.js';
import { carryOut } from './carry-out.js';
import type { LoadedUser } from './load-subjects.js';
import {
  type Done,
  failed,
  nothingDone,
  progressOf,
  type PushContext,
  type Pushed,
  refused,
  succeeded,
} from './settle-push.js';

export async function pushUser(
  { user, target }: LoadedUser,
  remoteIds: ReadonlyMap<string, string>,
  context: PushContext,
): Promise<Pushed> {
  const { configuration, attempt, item, now } = context;
  const carried = await carryOut(
    (known, match) => planUser(user, configuration, known, { now, match, remoteIds }),
    target,
    attempt,
    item.lookFirst,
  );
  const progress = progressOf(target, carried.target, carried.plan);
  switch (carried.kind) {
    case 'nothing':
      return nothingDone(context, carried.plan, progress);
    case 'refused':
      return refused(context, carried.plan, progress);
    case 'failed':
      return failed(context, doneOf(carried), carried.failure, progress);
    case 'done':
      return succeeded(context, doneOf(carried), progress, carried.plan.nextDueAt);
  }
}

export function doneOf(
  carried: Extract<Awaited<ReturnType<typeof carryOut>>, { kind: 'done' | 'failed' }>,
): Done {
  const { plan, target } = carried;
  const remoteId = target?.remoteId;
  if (plan.action === 'match' || plan.action === 'refuse' || plan.action === 'none') {
    return { action: 'create', reason: 'The target is searched for the subject.', changes: [], remoteId };
  }
  return { action: plan.action, reason: plan.reason.text, changes: plan.changes, remoteId };
}
