import { isObject } from '@rollcall/scim';
import type { Outcome, Refusal, RemoteObject } from '../../contract.js';
import { explainRefusal } from './explain-refusal.js';
import { objectPath } from './odata.js';
import { skuIdsOf } from './read-object.js';
import type { Reply } from './refusal.js';
import type { Call, Session } from './session.js';
import { notYet, type Work } from './work.js';
import type { Writing } from './write-body.js';

/** What of a user has calls of its own, as far as it is known without reading: the manager and licences. */
export function finishCalls(session: Session, path: string, { manager, licenses }: Writing): Call[] {
  const addLicenses = licenses?.map((skuId) => ({ skuId }));
  return [
    ...(manager === undefined ? [] : [managerCall(session, path, manager)]),
    ...(addLicenses ? [licenseCall(path, { addLicenses, removeLicenses: [] })] : []),
  ];
}

const managerCall = (session: Session, path: string, manager: string | null): Call => ({
  ...(manager === null
    ? { method: 'DELETE' }
    : { method: 'PUT', body: { '@odata.id': session.reference(manager) } }),
  path: `${path}/manager/$ref`,
  object: true,
  attributes: ['manager'],
});

const licenseCall = (path: string, body: object): Call => ({
  method: 'POST',
  path: `${path}/assignLicense`,
  body,
  object: true,
  attributes: ['assignedLicenses'],
});

/** Undefined when all is done. */
export async function finishUser(
  work: Work,
  id: string,
  { manager, licenses }: Writing,
): Promise<Refusal | undefined> {
  const failure = manager === undefined ? undefined : await writeManager(work, id, manager);
  return failure ?? (licenses && assignLicenses(work, id, licenses));
}

async function writeManager(work: Work, id: string, manager: string | null): Promise<Refusal | undefined> {
  const sent = await work.send(managerCall(work.session, objectPath('user', id), manager));
  if (!sent.refused) return undefined;
  if (sent.refused.kind === 'not-found') return missingOf(work, id, manager, sent.refused);
  return explainRefusal(work, 'user', id, sent.refused, sent.reply?.status);
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
async function assignLicenses(work: Work, id: string, wanted: string[]): Promise<Refusal | undefined> {
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
  const sent = await work.send(licenseCall(objectPath('user', id), { addLicenses, removeLicenses }));
  if (!sent.refused || sent.refused.kind !== 'rejected') return sent.refused;
  return {
    ...sent.refused,
    attribute: 'assignedLicenses',
    remedy:
      'Check that the tenant has a free licence of this SKU, and that usageLocation is mapped: a country code of two letters.',
  };
}

/**
 * The answer of a creation whose further calls have still to be made. One that fails leaves an account behind, which
 * the next attempt finds, adopts and completes.
 */
export async function completed(
  work: Work,
  value: RemoteObject,
  writing: Writing,
  reply: Reply,
): Promise<Outcome<RemoteObject>> {
  const failure = await finishUser(work, value.id, writing);
  if (failure) return work.refused(incomplete(failure));
  return { kind: 'ok', value, ...work.told(reply) };
}

export function incomplete(failure: Refusal): Refusal {
  if (failure.kind === 'denied') return failure;
  const { afterMs } = failure.kind === 'retry' ? failure : {};
  return {
    kind: 'retry',
    scope: failure.kind === 'retry' ? failure.scope : 'object',
    maybeDone: true,
    message: `The user is there, but not complete: ${failure.message}`,
    ...(afterMs !== undefined && { afterMs }),
    ...(failure.answer !== undefined && { answer: failure.answer }),
  };
}
