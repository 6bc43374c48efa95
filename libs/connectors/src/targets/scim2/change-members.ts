import { isObject } from '@rollcall/scim';
import type {
  MemberChange,
  MembersResult,
  OperationContext,
  Outcome,
  Refusal,
  SubjectType,
  WireCall,
} from '../../contract.js';
import { resourceTypes } from './attribute-path.js';
import { patchBody, wireOperations, type PatchOperation } from './build-patch.js';
import { withUnreturned } from './change-resource.js';
import { toWire } from './dialect.js';
import { errorOf } from './refusal.js';
import { collectionOf, type Call, type Session, type Sent } from './session.js';

type Step = { op: 'add' | 'remove'; id: string; type: SubjectType };

const unknownMember =
  /\b(?:members?|users?|groups?|resources?|references?|ids?|values?)\b.*\b(?:not found|does(?: not|n't) exist|unknown|no such|invalid|not a valid|cannot be found)|(?:unknown|no such|invalid|non-?existent) (?:member|user|group|resource)/i;
const alreadySo = /already (?:a )?(?:member|in|exists|present|assigned)|not a member|no longer|duplicate/i;

/**
 * Adds and removes members, with one PATCH as far as the target's limit goes; a target that takes no PATCH is given the
 * whole group. When the target refuses the whole of it for the sake of some, the change is halved until those are
 * found: an added one the target does not know is `unknown`, a removed one that is not there counts as removed.
 */
export async function changeMembers(
  session: Session,
  groupId: string,
  change: MemberChange,
  context: OperationContext,
): Promise<Outcome<MembersResult>> {
  const batches = batchesOf(session, change).reverse();
  if (batches.length === 0) return { kind: 'no-op', why: 'unchanged' };
  const calls: WireCall[] = [];
  const result: MembersResult = { added: [], removed: [], unknown: [] };
  let groupSeen = false;
  for (let batch = batches.pop(); batch; batch = batches.pop()) {
    const sent = await write(session, groupId, batch, calls, context);
    if (!sent.refused) {
      for (const { op, id } of batch) result[op === 'add' ? 'added' : 'removed'].push(id);
      continue;
    }
    if (!mayBeAboutMembers(sent.refused)) return { ...sent.refused, calls };
    if (!groupSeen && sent.refused.kind === 'not-found') {
      const group = await session.send(groupCall(groupId, { members: false }, context.signal));
      calls.push(group.call);
      if (group.refused) return { ...group.refused, calls };
      groupSeen = true;
    }
    if (batch.length > 1) {
      batches.push(...split(batch, sent));
      continue;
    }
    const [step] = batch as [Step];
    const detail = sent.reply ? errorOf(sent.reply).detail : '';
    if (step.op === 'add' && alreadySo.test(detail)) result.added.push(step.id);
    else if (step.op === 'add' && (sent.refused.kind === 'not-found' || names(detail, step.id)))
      result.unknown.push(step.id);
    else if (step.op === 'remove' && isAbsent(sent.refused, detail, step.id)) result.removed.push(step.id);
    else return { ...sent.refused, calls };
  }
  return { kind: 'ok', value: result, calls };
}

async function write(
  session: Session,
  groupId: string,
  batch: Step[],
  calls: WireCall[],
  context: OperationContext,
): Promise<Sent> {
  const { memberUpdates, membersReadable } = session.settings;
  if (memberUpdates === 'patch' && !(session.patchRefused && membersReadable)) {
    const sent = await session.send(membersCall(session, groupId, batch, context.signal));
    calls.push(sent.call);
    const refused = sent.refused?.kind === 'rejected' && /^http-(405|501)$/.test(sent.refused.code);
    if (!refused || !membersReadable) return sent;
    session.patchRefused = true;
  }
  const group = await session.send(groupCall(groupId, { members: true }, context.signal));
  calls.push(group.call);
  if (group.refused || !isObject(group.reply.body)) return group;
  const whole = withUnreturned('group', group.reply.body, context.lastWritten ?? {});
  const sent = await session.send(wholeGroupCall(session, groupId, whole, batch, context.signal));
  calls.push(sent.call);
  return sent;
}

function wholeGroupCall(
  session: Session,
  groupId: string,
  group: Record<string, unknown>,
  steps: Step[],
  signal: AbortSignal | undefined,
): Call {
  const { meta, ...own } = group;
  const changed = new Set(steps.map(({ id }) => id));
  const kept = (Array.isArray(own.members) ? own.members.filter(isObject) : []).filter(
    ({ value }) => !changed.has(String(value)),
  );
  const members = [...kept, ...steps.filter(({ op }) => op === 'add').map(memberOf)];
  const etag = isObject(meta) && typeof meta.version === 'string' ? meta.version : undefined;
  return {
    method: 'PUT',
    path: `${collectionOf.group}/${encodeURIComponent(groupId)}`,
    body: toWire({ ...own, members }, session.settings),
    ifMatch: etag,
    signal,
  };
}

const memberOf = ({ id, type }: Step) => (type === 'group' ? { value: id, type: 'Group' } : { value: id });

function membersCall(session: Session, groupId: string, steps: Step[], signal?: AbortSignal): Call {
  const removed = steps.filter(({ op }) => op === 'remove').map(({ id }) => id);
  const added = steps.filter(({ op }) => op === 'add');
  const operations: PatchOperation[] =
    session.settings.memberRemoval === 'filter'
      ? removed.map((id) => ({ op: 'remove', path: `members[value eq ${JSON.stringify(id)}]` }))
      : removed.length > 0
        ? [{ op: 'remove', path: 'members', value: removed.map((value) => ({ value })) }]
        : [];
  if (added.length > 0) {
    const value = added.map(memberOf);
    operations.push(
      session.settings.patchPaths
        ? { op: 'add', path: 'members', value }
        : { op: 'add', value: { members: value } },
    );
  }
  return {
    method: 'PATCH',
    path: `${collectionOf.group}/${encodeURIComponent(groupId)}`,
    body:
      session.settings.protocol === '1.1'
        ? partialGroup(session, steps)
        : patchBody(wireOperations(operations, session.settings)),
    signal,
  };
}

/** SCIM 1.1 section 3.3.2: members are merged in, and taken out where they say so. */
const partialGroup = (session: Session, steps: Step[]) =>
  toWire(
    {
      schemas: [resourceTypes.group.schema.id],
      members: steps.map((step) => ({
        ...memberOf(step),
        ...(step.op === 'remove' && { operation: 'delete' }),
      })),
    },
    session.settings,
  );

/** The calls that would be made. */
export const planMembers = (session: Session, groupId: string, change: MemberChange): WireCall[] =>
  batchesOf(session, change).map((batch) => session.wire(membersCall(session, groupId, batch)));

/** Removals first, cut to what the target takes at once. */
function batchesOf(session: Session, change: MemberChange): Step[][] {
  const steps: Step[] = [
    ...change.remove.map((member) => ({ op: 'remove' as const, ...member })),
    ...change.add.map((member) => ({ op: 'add' as const, ...member })),
  ];
  const most = session.settings.membersPerCall;
  const batches: Step[][] = [];
  for (let from = 0; from < steps.length; from += most) batches.push(steps.slice(from, from + most));
  return batches;
}

const groupCall = (groupId: string, { members }: { members: boolean }, signal?: AbortSignal): Call => ({
  method: 'GET',
  path: `${collectionOf.group}/${encodeURIComponent(groupId)}`,
  ...(!members && { query: { excludedAttributes: 'members' } }),
  wantsBody: members,
  signal,
});

const mayBeAboutMembers = (refused: Refusal): boolean =>
  refused.kind === 'not-found' || refused.kind === 'rejected' || refused.kind === 'conflict';

/** Those the error names on their own, the others together; in halves when it names none or all. */
function split(batch: Step[], sent: Sent): Step[][] {
  const detail = sent.reply ? errorOf(sent.reply).detail : '';
  const named = batch.filter(({ id }) => detail.includes(id));
  if (named.length > 0 && named.length < batch.length) {
    return [...named.map((step) => [step]), batch.filter((step) => !named.includes(step))];
  }
  const middle = batch.length >> 1;
  return [batch.slice(middle), batch.slice(0, middle)];
}

const names = (detail: string, id: string): boolean => detail.includes(id) || unknownMember.test(detail);

const isAbsent = (refused: Refusal, detail: string, id: string): boolean =>
  refused.kind === 'not-found' ||
  (refused.kind === 'rejected' && refused.code === 'noTarget') ||
  alreadySo.test(detail) ||
  names(detail, id);
