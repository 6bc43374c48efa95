import type { Capabilities } from '@rollcall/connectors';
import { planMembers } from '../plan/plan-members.js';
import type { Plan, TargetObject } from '../plan/plan.js';
import type { MembersWritten } from '../work/completion.js';
import { type Failure, isFailure } from './attempt.js';
import { carryOut } from './carry-out.js';
import type { LoadedGroup } from './load-subjects.js';
import { plannerFor } from './planner.js';
import { doneOf } from './push-user.js';
import {
  type Done,
  failed,
  nothingDone,
  type Progress,
  progressOf,
  type PushContext,
  type Pushed,
  refused,
  stopped,
  succeeded,
} from './settle-push.js';

type Dirty = LoadedGroup['dirty'];

export async function pushGroup(
  loaded: LoadedGroup,
  capabilities: Capabilities['members'],
  memberLimit: number,
  context: PushContext,
): Promise<Pushed> {
  const { configuration, attempt, item, now } = context;
  const planner = await plannerFor(loaded, configuration, new Map(), now);
  const carried = await carryOut(
    planner.plan,
    loaded.target,
    attempt,
    item.lookFirst,
    context.permit,
    item.made?.remoteId,
  );
  const { plan } = carried;
  const letGo = plan.action === 'none' && plan.letGo === true;
  // A group is let go only when the members the hub added are out of it.
  const after = letGo && loaded.hasMembers ? loaded.target : carried.target;
  const progress = progressOf(loaded.target, after, plan);
  if (carried.kind === 'stopped') return stopped(context, doneOf(carried), carried.permit);
  if (carried.kind === 'refused') return refused(context, carried.plan, progress);
  if (carried.kind === 'failed') return failed(context, doneOf(carried), carried.failure, progress);
  const done = carried.kind === 'done' ? doneOf(carried) : undefined;
  const effective = configuration.policy.groups.membership === 'effective';
  const markEvery = effective ? 'effective-member' : 'member-of-directory';
  if (done?.action === 'create' || done?.action === 'adopt') {
    return succeeded(context, done, { ...progress, members: { ...none, markEvery } }, now);
  }
  if (letGo && loaded.hasMembers && loaded.dirty.length === 0) {
    return nothingDone(context, plan, { members: { ...none, markEvery: 'member-written' } }, now);
  }
  const account = after?.state === 'active' ? after : undefined;
  const concerned =
    account !== undefined && configuration.policy.groups.members && (letGo || keepsMembers(plan));
  if (!concerned)
    return finish(context, plan, done, {
      ...progress,
      members: { ...none, settled: isProtected(plan) ? [] : loaded.dirty },
    });
  const more =
    (carried.kind === 'done' && carried.plan.problems !== undefined) ||
    loaded.dirty.length === memberLimit ||
    (letGo && loaded.hasMembers);
  return pushMembers(loaded.dirty, account, letGo, capabilities, context, plan, done, progress, more);
}

const none: MembersWritten = { added: [], removed: [], parked: [], settled: [] };

/** What changed of its members meanwhile is caught up on when it is no longer. */
function isProtected(plan: Plan): boolean {
  return plan.action === 'none' && plan.reason.code === 'protected';
}

/** The group is there, or is made, and has the members the directory says. */
export function keepsMembers(plan: Plan): boolean {
  return (
    plan.action === 'update' ||
    (plan.action === 'none' && ['in-line', 'switched-off'].includes(plan.reason.code))
  );
}

function finish(
  context: PushContext,
  plan: Plan,
  done: Done | undefined,
  progress: Progress,
  again?: Date,
): Pushed {
  if (done) return succeeded(context, done, progress, again);
  return nothingDone(context, plan as Extract<Plan, { action: 'none' }>, progress, again);
}

const differs = 'Memberships differ from what was last written there.';
const whole = 'The target takes no additions and removals, so the whole list is written.';

async function pushMembers(
  dirty: Dirty,
  account: TargetObject,
  letGo: boolean,
  capabilities: Capabilities['members'],
  context: PushContext,
  plan: Plan,
  header: Done | undefined,
  progress: Progress,
  more: boolean,
): Promise<Pushed> {
  const pushable = dirty.filter(({ memberType }) => memberType === 'user' || capabilities.nested);
  const { addRemove, maxPerCall, readable } = capabilities;
  const members = planMembers(pushable, !letGo, addRemove ? maxPerCall : Infinity, context.item.lookFirst);
  const { added, removed, parked, settled } = members;
  const unpushable = dirty.filter((pair) => !pushable.includes(pair));
  const written: MembersWritten = { added, removed, parked, settled: [...settled, ...unpushable] };
  const left = pushable.length - added.length - removed.length - parked.length - settled.length;
  const again = more || left > 0 ? context.now : undefined;
  if (members.change.add.length + members.change.remove.length === 0) {
    return finish(context, plan, header, { ...progress, members: written }, again);
  }
  const done: Done = {
    action: 'update',
    reason: header?.reason ?? (addRemove ? differs : `${differs} ${whole}`),
    changes: header?.changes ?? [],
    membersAdded: members.change.add.length,
    membersRemoved: members.change.remove.length,
    remoteId: account.remoteId,
  };
  const unknown = addRemove
    ? await context.attempt.members(account.remoteId, members.change, account.written)
    : await context.attempt.replaceMembers(account.remoteId, members.change, readable, account.written);
  if (isFailure(unknown)) return membersFailed(context, done, unknown, progress, account);
  const missing = added.filter(({ remoteId }) => unknown.includes(remoteId!));
  if (missing.length === 0) return succeeded(context, done, { ...progress, members: written }, again);
  return parkUnknown(context, done, missing, written, progress);
}

/** The group itself may be gone: the next attempt then looks for it, or makes it again with all its members. */
function membersFailed(
  context: PushContext,
  done: Done,
  failure: Failure,
  progress: Progress,
  account: TargetObject,
): Pushed {
  if (failure.kind !== 'not-found') return failed(context, done, failure, progress);
  const target = { before: account, after: { ...account, state: 'absent' as const, written: {} } };
  return failed(context, done, failure, { ...progress, target });
}

/** Members the target does not know: those whose account is gone are parked until it is there again. */
async function parkUnknown(
  context: PushContext,
  done: Done,
  missing: Dirty,
  written: MembersWritten,
  progress: Progress,
): Promise<Pushed> {
  const gone: string[] = [];
  for (const { memberId, memberType, remoteId } of missing) {
    const answer = await context.attempt.isGone(memberType, remoteId!);
    if (isFailure(answer)) return failed(context, done, answer, progress);
    if (answer) gone.push(memberId);
  }
  const members: MembersWritten = {
    ...written,
    added: written.added.filter((pair) => !missing.includes(pair)),
    parked: [...written.parked, ...missing.filter(({ memberId }) => gone.includes(memberId))],
  };
  const counted = { ...done, membersAdded: members.added.length };
  if (gone.length === missing.length) return succeeded(context, counted, { ...progress, members, gone });
  const message = `The target does not accept ${missing.length - gone.length} members that it has as accounts.`;
  return failed(
    context,
    counted,
    { kind: 'retry', scope: 'object', message },
    { ...progress, members, gone },
  );
}
