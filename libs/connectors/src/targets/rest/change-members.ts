import type {
  MemberChange,
  MembersResult,
  OperationContext,
  Outcome,
  RateHints,
  Refusal,
  SubjectType,
  WireCall,
} from '../../contract.js';
import { getObject } from './get-object.js';
import { notOffered } from './read-answer.js';
import type { OperationInput } from './operation-input.js';
import type { Session } from './session.js';
import type { RestRequest } from './settings.js';

type Member = { id: string; type: SubjectType };

interface Change {
  session: Session;
  groupId: string;
  context: OperationContext;
  calls: WireCall[];
  hints?: RateHints;
}

/**
 * Removes and adds members, one request each or all in one; access is taken before it is given. What is refused for a
 * member is looked into: the group may be gone, the member may not be known, or it may be so already.
 */
export async function changeMembers(
  session: Session,
  groupId: string,
  members: MemberChange,
  context: OperationContext,
): Promise<Outcome<MembersResult>> {
  const change: Change = { session, groupId, context, calls: [] };
  const { calls } = change;
  const steps = stepsOf(change, members);
  if ('kind' in steps) return steps;
  if (context.mode === 'plan') {
    for (const { request, input } of steps) {
      const made = await session.plan(request, input);
      if ('refused' in made) return { ...made.refused, calls };
      calls.push(made.call);
    }
    return { kind: 'planned', calls };
  }
  const doubtful: { step: Step; refused: Refusal }[] = [];
  for (const step of steps) {
    const sent = await session.send(step.request, step.input, context.signal);
    if (sent.call) calls.push(sent.call);
    change.hints = sent.reply?.hints ?? change.hints;
    if (!sent.refused) continue;
    const { kind } = sent.refused;
    if (kind === 'retry' && step !== steps[0]) return { ...sent.refused, maybeDone: true, calls };
    if (kind !== 'not-found' && kind !== 'rejected' && kind !== 'conflict') return { ...sent.refused, calls };
    if (step.input.operation !== 'changeMembers' || members.add.length + members.remove.length < 2) {
      doubtful.push({ step, refused: sent.refused });
      continue;
    }
    return oneByOne(change, members);
  }
  const unknown = await judge(change, doubtful);
  if ('kind' in unknown) return { ...unknown, calls };
  const { hints } = change;
  return { kind: 'ok', value: resultOf(members, unknown.ids), calls, ...(hints && { hints }) };
}

interface Step {
  request: RestRequest;
  input: OperationInput;
  add: Member[];
  remove: Member[];
}

function stepsOf({ session, groupId, context }: Change, members: MemberChange): Step[] | Refusal {
  const { addMember, removeMember, changeMembers: both } = session.settings.groups ?? {};
  const of = (operation: 'addMember' | 'removeMember' | 'changeMembers'): OperationInput => ({
    operation,
    type: 'group',
    id: groupId,
    operationId: context.operationId,
  });
  if (both) return [{ request: both, input: { ...of('changeMembers'), members }, ...members }];
  if (!addMember || !removeMember) return notOffered('changeMembers', 'group');
  return [
    ...members.remove.map((member) => ({
      request: removeMember,
      input: { ...of('removeMember'), member },
      add: [],
      remove: [member],
    })),
    ...members.add.map((member) => ({
      request: addMember,
      input: { ...of('addMember'), member },
      add: [member],
      remove: [],
    })),
  ];
}

/** A request for several that was refused says nothing of each. One that is refused keeps nobody else back. */
async function oneByOne(change: Change, members: MemberChange): Promise<Outcome<MembersResult>> {
  const { session, groupId, context, calls } = change;
  const whole: MembersResult = { added: [], removed: [], unknown: [] };
  const each: MemberChange[] = [
    ...members.remove.map((member) => ({ add: [], remove: [member] })),
    ...members.add.map((member) => ({ add: [member], remove: [] })),
  ];
  let wrong: Outcome<MembersResult> | undefined;
  for (const one of each) {
    const member = [...one.add, ...one.remove][0]!;
    const operationId = `${context.operationId}_${Buffer.from(member.id).toString('base64url')}`;
    const outcome = await changeMembers(session, groupId, one, { ...context, operationId });
    calls.push(...(outcome.calls ?? []));
    if (outcome.kind === 'rejected') {
      wrong ??= outcome;
      continue;
    }
    if (outcome.kind !== 'ok') return { ...outcome, calls };
    whole.added.push(...outcome.value.added);
    whole.removed.push(...outcome.value.removed);
    whole.unknown.push(...outcome.value.unknown);
  }
  return { ...(wrong ?? { kind: 'ok', value: whole }), calls };
}

/** Which members of refused requests the app does not know; a refusal where it has another reason. */
async function judge(
  { session, groupId, calls }: Change,
  doubtful: { step: Step; refused: Refusal }[],
): Promise<{ ids: string[] } | Refusal> {
  if (doubtful.length === 0) return { ids: [] };
  const group = await getObject(session, 'group', groupId);
  calls.push(...(group.calls ?? []));
  if (group.kind !== 'ok') return group as Refusal;
  const there = group.value.members && new Set(group.value.members.map(({ id }) => id));
  const ids: string[] = [];
  for (const { step, refused } of doubtful) {
    const [added] = step.add;
    const [removed] = step.remove;
    if (added) {
      if (there ? there.has(added.id) : refused.kind === 'conflict') continue;
      if (!(await isUnknown(session, added, refused, calls))) return refused;
      ids.push(added.id);
    } else if (removed) {
      const gone = there ? !there.has(removed.id) : refused.kind === 'not-found';
      if (!gone) return refused;
    }
  }
  return { ids };
}

async function isUnknown(
  session: Session,
  member: Member,
  refused: Refusal,
  calls: WireCall[],
): Promise<boolean> {
  if (!session.settings[`${member.type}s`]?.get) return refused.kind === 'not-found';
  const outcome = await getObject(session, member.type, member.id);
  calls.push(...(outcome.calls ?? []));
  return outcome.kind === 'not-found';
}

function resultOf({ add, remove }: MemberChange, unknown: string[]): MembersResult {
  return {
    added: add.map(({ id }) => id).filter((id) => !unknown.includes(id)),
    removed: remove.map(({ id }) => id),
    unknown,
  };
}
