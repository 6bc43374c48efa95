import type { AttributeChange, OperationContext, Outcome, SubjectType } from '../../contract.js';
import { explainRefusal } from './explain-refusal.js';
import { objectPath } from './odata.js';
import { skuIdsOf } from './read-object.js';
import type { Refusal } from './refusal.js';
import type { Call, Session } from './session.js';
import { isObject } from '@rollcall/scim';
import { type Writing, writingOf } from './write-body.js';
import { notYet, Work } from './work.js';

/** Properties in one call; then what has calls of its own: signing out, the manager, licences. */
export async function updateObject(
  session: Session,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
  context: OperationContext,
): Promise<Outcome<{ id: string }>> {
  if (changes.length === 0) return { kind: 'no-op', why: 'unchanged' };
  const writing = writingOf(type, changes);
  const patch = patchOf(session, type, id, writing, changes);
  if (context.mode === 'plan') {
    const calls = [...(patch ? [patch] : []), ...finishCalls(session, id, writing)];
    return { kind: 'planned', calls: calls.map((call) => session.wire(call)) };
  }
  const work = new Work(session, context.signal);
  if (patch) {
    const sent = await work.send(patch);
    if (sent.refused?.kind === 'not-found' && session.fresh.has(id)) return work.refused(notYet(type));
    if (sent.refused)
      return work.refused(await explainRefusal(work, type, id, sent.refused, sent.reply?.status));
    session.fresh.changed(id, changes);
  }
  const failure = await finishUser(work, id, writing);
  if (failure) return work.refused(failure);
  return { kind: 'ok', value: { id }, answer: 'HTTP 204', calls: work.calls };
}

function patchOf(
  { settings }: Session,
  type: SubjectType,
  id: string,
  { body }: Writing,
  changes: AttributeChange[],
): Call | undefined {
  if (Object.keys(body).length === 0) return undefined;
  const { passwordProfile } = body;
  const force = { forceChangePasswordNextSignIn: settings.forcePasswordChange };
  return {
    method: 'PATCH',
    path: objectPath(type, id),
    body: passwordProfile ? { ...body, passwordProfile: { ...force, ...(passwordProfile as object) } } : body,
    object: true,
    attributes: changes.map(({ attribute }) => attribute),
  };
}

/** What follows the properties of a user, as far as it is known without reading. */
export function finishCalls(session: Session, id: string, writing: Writing): Call[] {
  const path = objectPath('user', id).replaceAll('%7B', '{').replaceAll('%7D', '}');
  const calls: Call[] = [];
  if (signsOut(session, writing))
    calls.push({ method: 'POST', path: `${path}/revokeSignInSessions`, object: true });
  if (writing.manager === null) calls.push({ method: 'DELETE', path: `${path}/manager/$ref`, object: true });
  else if (writing.manager !== undefined) {
    const body = { '@odata.id': session.reference(writing.manager) };
    calls.push({ method: 'PUT', path: `${path}/manager/$ref`, body, object: true, attributes: ['manager'] });
  }
  if (writing.licenses) {
    const body = { addLicenses: writing.licenses.map((skuId) => ({ skuId })), removeLicenses: [] };
    calls.push({
      method: 'POST',
      path: `${path}/assignLicense`,
      body,
      object: true,
      attributes: ['assignedLicenses'],
    });
  }
  return calls;
}

const signsOut = ({ settings }: Session, { body }: Writing): boolean =>
  settings.revokeSessions && body.accountEnabled === false;

/** Undefined when all is done. */
export async function finishUser(work: Work, id: string, writing: Writing): Promise<Refusal | undefined> {
  for (const call of finishCalls(work.session, id, writing)) {
    if (call.path.endsWith('/assignLicense')) {
      const failure = await assignLicenses(work, id, call, writing.licenses!);
      if (failure) return failure;
      continue;
    }
    const sent = await work.send(call);
    if (!sent.refused) continue;
    const about = call.path.endsWith('/manager/$ref');
    const { refused } = sent;
    const failure =
      refused.kind === 'not-found' && about
        ? await missingOf(work, id, writing.manager ?? null, refused)
        : refused.kind === 'not-found' && work.session.fresh.has(id)
          ? notYet('user')
          : await explainRefusal(work, 'user', id, refused, sent.reply?.status);
    if (failure) return failure;
  }
  return undefined;
}

/** 404 for a manager is said of the user and of the manager alike, and of one there was not. */
async function missingOf(
  work: Work,
  id: string,
  manager: string | null,
  refused: Refusal,
): Promise<Refusal | undefined> {
  const { fresh } = work.session;
  const sent = await work.send({
    method: 'GET',
    path: objectPath('user', id),
    query: { $select: 'id' },
    object: true,
  });
  if (sent.refused) return sent.refused.kind === 'not-found' && fresh.has(id) ? notYet('user') : sent.refused;
  if (manager === null) return undefined;
  if (fresh.has(id) || fresh.has(manager)) return notYet('user');
  return {
    kind: 'rejected',
    code: 'unknown-manager',
    attribute: 'manager',
    message: `The manager is not in the tenant: ${refused.message}`,
    remedy: 'Push the manager to this connection first, or clear the manager at the source.',
    answer: refused.answer,
  };
}

/** Only what differs: licences a group gives are in the list, too, and cannot be taken away here. */
async function assignLicenses(
  work: Work,
  id: string,
  call: Call,
  wanted: string[],
): Promise<Refusal | undefined> {
  const seen = await work.send({
    method: 'GET',
    path: objectPath('user', id),
    query: { $select: 'id,assignedLicenses,licenseAssignmentStates' },
    object: true,
  });
  if (seen.refused) {
    return seen.refused.kind === 'not-found' && work.session.fresh.has(id) ? notYet('user') : seen.refused;
  }
  const body = isObject(seen.reply.body) ? seen.reply.body : {};
  const held = skuIdsOf(body);
  const states = Array.isArray(body.licenseAssignmentStates)
    ? body.licenseAssignmentStates.filter(isObject)
    : [];
  const byGroup = states
    .filter(({ assignedByGroup }) => typeof assignedByGroup === 'string')
    .map(({ skuId }) => skuId);
  const add = wanted.filter((skuId) => !held.includes(skuId));
  const removeLicenses = held.filter((skuId) => !wanted.includes(skuId) && !byGroup.includes(skuId));
  if (add.length === 0 && removeLicenses.length === 0) return undefined;
  const addLicenses = add.map((skuId) => ({ skuId, disabledPlans: [] }));
  const sent = await work.send({ ...call, body: { addLicenses, removeLicenses } });
  if (!sent.refused || sent.refused.kind !== 'rejected') return sent.refused;
  return {
    ...sent.refused,
    attribute: 'assignedLicenses',
    remedy:
      'Check that the tenant has a free licence of this SKU, and that usageLocation is mapped: a country code of two letters.',
  };
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
