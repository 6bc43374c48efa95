import type { MemberChange, MembersResult, Outcome, Refusal, SubjectType, WireCall } from '../../contract.js';
import { explainObject, isForbidden } from './explain-forbidden.js';
import { getCall, orNotSettled, sendNoting } from './read-call.js';
import { errorOf } from './refusal.js';
import { pathOf, type Call, type Refused, type Session } from './session.js';

type Step = { op: 'add' | 'remove'; id: string; type: SubjectType };

/**
 * members.insert and members.delete, one by one. A member that is there already, or gone, is as it should be,
 * whatever role it has; one that Google does not know is told as unknown, and the others are written all the same.
 */
export async function changeMembers(
  session: Session,
  groupId: string,
  change: MemberChange,
  signal: AbortSignal | undefined,
): Promise<Outcome<MembersResult>> {
  const steps = stepsOf(change);
  if (steps.length === 0) return { kind: 'no-op', why: 'unchanged' };
  const calls: WireCall[] = [];
  const result: MembersResult = { added: [], removed: [], unknown: [] };
  let groupSeen = false;
  let wrong: Refusal | undefined;
  for (const step of steps) {
    const sent = await sendNoting(session, memberCall(groupId, step, signal), calls);
    if (!sent.refused) {
      groupSeen = true;
      result[step.op === 'add' ? 'added' : 'removed'].push(step.id);
      continue;
    }
    const { refused } = sent;
    if (step.op === 'add' && refused.kind === 'conflict') {
      result.added.push(step.id);
    } else if (isUnknown(sent)) {
      if (!groupSeen) {
        const group = await sendNoting(session, getCall('group', groupId, signal), calls);
        if (group.refused) return { ...orNotSettled(session, groupId, group), calls };
        groupSeen = true;
      }
      result[step.op === 'add' ? 'unknown' : 'removed'].push(step.id);
    } else if (refused.kind === 'rejected') {
      wrong = ofMember(step, refused);
    } else {
      return { ...(await explainMember(session, step, sent, calls)), calls };
    }
  }
  return wrong ? { ...wrong, calls } : { kind: 'ok', value: result, calls };
}

/** The calls that would be made. */
export const planMembers = (session: Session, groupId: string, change: MemberChange): WireCall[] =>
  stepsOf(change).map((step) => session.wire(memberCall(groupId, step)));

const stepsOf = ({ add, remove }: MemberChange): Step[] => [
  ...remove.map((member) => ({ op: 'remove' as const, ...member })),
  ...add.map((member) => ({ op: 'add' as const, ...member })),
];

function memberCall(groupId: string, { op, id }: Step, signal?: AbortSignal): Call {
  const path = `${pathOf('group', groupId)}/members`;
  if (op === 'remove') return { method: 'DELETE', path: `${path}/${encodeURIComponent(id)}`, signal };
  return { method: 'POST', path, body: { id, role: 'MEMBER' }, signal };
}

/** 404, and 400 "Missing required field: memberKey" where the key leads to nobody. */
const isUnknown = (sent: Refused): boolean =>
  sent.refused.kind === 'not-found' ||
  (sent.reply?.status === 400 && /memberKey/.test(errorOf(sent.reply).message));

/** 403 may speak of a member that was made a moment ago; that it is an administrator does not matter here. */
async function explainMember(
  session: Session,
  { id, type }: Step,
  sent: Refused,
  calls: WireCall[],
): Promise<Refusal> {
  if (!isForbidden(sent)) return sent.refused;
  const explained = await explainObject(session, type, id, sent, calls);
  return explained.kind === 'retry' ? explained : sent.refused;
}

function ofMember({ id, type }: Step, refused: Extract<Refusal, { kind: 'rejected' }>): Refusal {
  const cyclic = /cyclic/i.test(refused.message);
  return {
    ...refused,
    code: cyclic ? 'cyclic-membership' : refused.code,
    attribute: 'members',
    message: `The ${type} ${id} cannot be a member: ${refused.message}`,
    remedy: cyclic
      ? 'The groups hold each other. Take one out of the other at the source.'
      : 'Take the member out of the group at the source, or correct it, then retry.',
  };
}
