import type { MemberChange, MembersResult, OperationContext, Outcome, Refusal } from '../../contract.js';
import { explainRefusal } from './explain-refusal.js';
import { objectPath } from './odata.js';
import { problemOf, type Reply } from './refusal.js';
import type { Call, Sent, Session } from './session.js';
import { notYet, Work } from './work.js';

/** https://learn.microsoft.com/graph/api/group-post-members */
export const membersPerCall = 20;

type Wrong = Extract<Sent, { refused: Refusal }> & { id: string };

/**
 * Removals come first, a call each, sent together: nobody stays in because somebody else cannot come in. Additions go in
 * one call, all or nothing; where that is refused each is tried alone, so one member does not keep the others out.
 */
export async function changeMembers(
  session: Session,
  groupId: string,
  change: MemberChange,
  context: OperationContext,
): Promise<Outcome<MembersResult>> {
  const add = change.add.map(({ id }) => id);
  const remove = change.remove.map(({ id }) => id);
  if (context.mode === 'plan') {
    const calls = [
      ...remove.map((id) => removal(groupId, id)),
      ...chunks(add).map((ids) => bind(session, groupId, ids)),
    ];
    return { kind: 'planned', calls: calls.map((call) => session.wire(call)) };
  }
  if (add.length + remove.length === 0) return { kind: 'no-op', why: 'unchanged' };
  const work = new Work(session, context.signal);
  const result: MembersResult = { added: [], removed: [], unknown: [] };
  const failure =
    (await removeAll(work, groupId, remove, result)) ?? (await addAll(work, groupId, add, result));
  if (failure) return work.refused(failure);
  return { kind: 'ok', value: result, ...work.toldLast() };
}

async function addAll(
  work: Work,
  groupId: string,
  ids: string[],
  result: MembersResult,
): Promise<Refusal | undefined> {
  for (const part of chunks(ids)) {
    const sent = await work.send(bind(work.session, groupId, part));
    if (!sent.refused) {
      result.added.push(...part);
      continue;
    }
    const single = ['not-found', 'rejected'].includes(sent.refused.kind);
    if (!single) return explainRefusal(work, 'group', groupId, sent.refused, sent.reply?.status);
    const failure = await addEach(work, groupId, part, result);
    if (failure) return failure;
  }
  return undefined;
}

async function addEach(
  work: Work,
  groupId: string,
  ids: string[],
  result: MembersResult,
): Promise<Refusal | undefined> {
  const missing: string[] = [];
  const wrong: Wrong[] = [];
  const answers = await work.sendAll(ids.map((id) => addition(work.session, groupId, id)));
  for (const [at, sent] of answers.entries()) {
    const id = ids[at]!;
    if (!sent.refused || isAlreadyThere(sent.reply)) result.added.push(id);
    else if (sent.refused.kind === 'not-found') missing.push(id);
    else wrong.push({ ...sent, id });
  }
  if (wrong.length > 0) return explainWorst(work, groupId, wrong);
  if (missing.length === 0) return undefined;
  result.unknown.push(...missing);
  return missingGroup(work, groupId);
}

async function removeAll(
  work: Work,
  groupId: string,
  ids: string[],
  result: MembersResult,
): Promise<Refusal | undefined> {
  const answers = await work.sendAll(ids.map((id) => removal(groupId, id)));
  const wrong: Wrong[] = [];
  let absent = false;
  for (const [at, sent] of answers.entries()) {
    const id = ids[at]!;
    if (sent.refused && sent.refused.kind !== 'not-found') {
      wrong.push({ ...sent, id });
      continue;
    }
    absent ||= sent.refused !== undefined;
    result.removed.push(id);
  }
  if (wrong.length > 0) return explainWorst(work, groupId, wrong);
  return absent ? missingGroup(work, groupId) : undefined;
}

/** What concerns more than one member goes before what is wrong with one. */
async function explainWorst(work: Work, groupId: string, wrong: Wrong[]): Promise<Refusal> {
  const { id, refused, reply } = wrong.find((each) => each.refused.kind !== 'rejected') ?? wrong[0]!;
  const explained = await explainRefusal(work, 'group', groupId, refused, reply?.status);
  if (explained !== refused || refused.kind !== 'rejected') return explained;
  return {
    ...refused,
    attribute: 'members',
    message: `The membership of ${id} cannot be changed: ${refused.message}`,
    remedy: 'Take the member out of the group at the source, or correct it, then retry.',
  };
}

/** 404 is said of the group and of the member alike. Undefined: the group is there. */
async function missingGroup(work: Work, groupId: string): Promise<Refusal | undefined> {
  const sent = await work.send({
    method: 'GET',
    path: objectPath('group', groupId),
    query: { $select: 'id' },
    object: true,
  });
  if (sent.refused?.kind !== 'not-found') return sent.refused;
  return work.session.fresh.has(groupId) ? notYet('group') : sent.refused;
}

/** There is no code for it: https://learn.microsoft.com/graph/api/group-post-members */
const isAlreadyThere = (reply: Reply | undefined): boolean =>
  reply?.status === 400 && /references already exist/i.test(problemOf(reply)?.message ?? '');

const bind = (session: Session, groupId: string, ids: string[]): Call => ({
  method: 'PATCH',
  path: objectPath('group', groupId),
  body: { 'members@odata.bind': ids.map((id) => session.reference(id)) },
  object: true,
});

const addition = (session: Session, groupId: string, id: string): Call => ({
  method: 'POST',
  path: `${objectPath('group', groupId)}/members/$ref`,
  body: { '@odata.id': session.reference(id) },
  object: true,
});

/** Without /$ref Graph would delete the user itself. */
const removal = (groupId: string, id: string): Call => ({
  method: 'DELETE',
  path: `${objectPath('group', groupId)}/members/${encodeURIComponent(id)}/$ref`,
  object: true,
});

function chunks(ids: string[]): string[][] {
  const parts: string[][] = [];
  for (let from = 0; from < ids.length; from += membersPerCall)
    parts.push(ids.slice(from, from + membersPerCall));
  return parts;
}
