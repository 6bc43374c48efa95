import type { AttributeChange, OperationContext, Outcome, SubjectType } from '../../contract.js';
import { explainRefusal } from './explain-refusal.js';
import { finishCalls, finishUser } from './finish-user.js';
import { objectPath } from './odata.js';
import type { Call, Session } from './session.js';
import { notYet, Work } from './work.js';
import { type Writing, writingOf } from './write-body.js';

/** Properties in one call; then what has calls of its own. */
export async function updateObject(
  session: Session,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
  context: OperationContext,
): Promise<Outcome<{ id: string }>> {
  if (changes.length === 0) return { kind: 'no-op', why: 'unchanged' };
  const writing = writingOf(type, changes);
  const first = propertyCalls(session, type, id, writing, changes);
  if (context.mode === 'plan') {
    const calls = [...first, ...finishCalls(session, objectPath(type, id), writing)];
    return { kind: 'planned', calls: calls.map((call) => session.wire(call)) };
  }
  const work = new Work(session, context.signal);
  for (const call of first) {
    const { refused, reply } = await work.send(call);
    if (refused?.kind === 'not-found' && session.fresh.has(id)) return work.refused(notYet(type));
    if (refused) return work.refused(await explainRefusal(work, type, id, refused, reply?.status));
  }
  session.fresh.changed(id, changes);
  const failure = await finishUser(work, id, writing);
  if (failure) return work.refused(failure);
  return { kind: 'ok', value: { id }, ...work.toldLast() };
}

/** Whoever is disabled is so before all else: one wrong value refuses a call as a whole. */
function propertyCalls(
  { settings }: Session,
  type: SubjectType,
  id: string,
  { body }: Writing,
  changes: AttributeChange[],
): Call[] {
  const path = objectPath(type, id);
  const attributes = changes.map(({ attribute }) => attribute);
  const patch = (part: Writing['body']): Call[] =>
    Object.keys(part).length > 0 ? [{ method: 'PATCH', path, body: part, object: true, attributes }] : [];
  const { passwordProfile, ...plain } = body;
  const force = { forceChangePasswordNextSignIn: settings.forcePasswordChange };
  const whole = passwordProfile
    ? { ...plain, passwordProfile: { ...force, ...(passwordProfile as object) } }
    : plain;
  if (type !== 'user' || plain.accountEnabled !== false) return patch(whole);
  const { accountEnabled, ...rest } = whole as Writing['body'];
  const revoke: Call = { method: 'POST', path: `${path}/revokeSignInSessions`, object: true };
  return [
    ...patch({ accountEnabled: accountEnabled! }),
    ...(settings.revokeSessions ? [revoke] : []),
    ...patch(rest),
  ];
}

export async function deleteObject(
  session: Session,
  type: SubjectType,
  id: string,
  context: OperationContext,
): Promise<Outcome<void>> {
  const call: Call = { method: 'DELETE', path: objectPath(type, id), object: true };
  if (context.mode === 'plan') return { kind: 'planned', calls: [session.wire(call)] };
  const work = new Work(session, context.signal);
  const sent = await work.send(call);
  if (!sent.refused) {
    session.fresh.forget(id);
    return { kind: 'ok', value: undefined, ...work.told(sent.reply) };
  }
  if (sent.refused.kind !== 'not-found')
    return work.refused(await explainRefusal(work, type, id, sent.refused, sent.reply?.status));
  if (session.fresh.has(id)) return work.refused(notYet(type));
  return { kind: 'no-op', why: 'already-absent', answer: sent.refused.answer, calls: work.calls };
}
