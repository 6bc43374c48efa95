import { randomBytes, randomInt } from 'node:crypto';
import type {
  Attributes,
  OperationContext,
  Outcome,
  RemoteObject,
  SubjectType,
  WireCall,
} from '../../contract.js';
import { properties } from './attributes.js';
import { quoted, userPath } from './odata.js';
import { readObject } from './read-object.js';
import { readPage, viewOf } from './read-objects.js';
import type { Refusal } from './refusal.js';
import type { Call, Session } from './session.js';
import { changesOf, isEmpty, type Writing, writingOf } from './write-body.js';
import { finishCalls, finishUser } from './update-object.js';
import { Work } from './work.js';

type Created = Outcome<RemoteObject>;

export async function createObject(
  session: Session,
  type: SubjectType,
  attributes: Attributes,
  context: OperationContext,
): Promise<Created> {
  const missing = missingAttribute(type, attributes);
  if (missing !== undefined) {
    return {
      kind: 'rejected',
      code: 'missing-attribute',
      attribute: missing,
      message: `Microsoft Entra makes no ${type} without ${missing}.`,
      remedy: `Map a value to ${missing}, with a default for those who have none.`,
    };
  }
  const writing = writingOf(type, changesOf(attributes));
  return type === 'user'
    ? createUser(session, attributes, writing, context)
    : createGroup(session, attributes, writing, context);
}

function missingAttribute(type: SubjectType, attributes: Attributes): string | undefined {
  const made = type === 'user' ? ['accountEnabled'] : ['mailNickname'];
  return properties[type]
    .filter(({ name, required }) => required && !made.includes(name))
    .map(({ name }) => name)
    .find((name) => attributes[name] === undefined || isEmpty(attributes[name]));
}

async function createUser(
  session: Session,
  attributes: Attributes,
  writing: Writing,
  context: OperationContext,
): Promise<Created> {
  const post: Call = {
    method: 'POST',
    path: '/users',
    body: newUser(session, writing),
    attributes: Object.keys(attributes),
  };
  if (context.mode === 'plan') {
    const calls: WireCall[] = [
      session.wire(post),
      ...finishCalls(session, '{id}', writing).map((call) => session.wire(call)),
    ];
    return { kind: 'planned', calls };
  }
  const work = new Work(session, context.signal);
  const name = String(attributes.userPrincipalName);
  if (session.settings.restoreDeleted) {
    const restored = await restoreUser(work, name, attributes, writing);
    if (restored) return restored;
  }
  const sent = await work.send(post);
  if (sent.refused?.kind === 'conflict') return work.refused(await visibleConflict(work, name, sent.refused));
  if (sent.refused) return work.refused(sent.refused);
  const value = readObject('user', sent.reply.body);
  if (!value) return work.refused(noId);
  session.fresh.made('user', value.id, attributes);
  return finished(work, value, writing, context, work.told(sent.reply));
}

/** With what Graph asks for and a mapping seldom gives: a state, and a password nobody is told. */
function newUser({ settings }: Session, { body }: Writing): object {
  const given = (body.passwordProfile ?? {}) as { password?: unknown };
  return {
    accountEnabled: true,
    ...Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && !isEmpty(value))),
    passwordProfile: {
      forceChangePasswordNextSignIn: settings.forcePasswordChange,
      ...given,
      password: given.password ?? randomPassword(),
    },
  };
}

/** Of all four kinds of characters, so that no policy of complexity refuses it. */
function randomPassword(): string {
  const kinds = ['abcdefghijkmnpqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '!#$%&*+-=?@_'];
  const one = kinds.map((kind) => kind[randomInt(kind.length)]!).join('');
  return `${one}${randomBytes(21).toString('base64url')}`;
}

/**
 * The answer of a creation whose further calls have still to be made. One that fails leaves an account behind, which
 * the next attempt finds, adopts and completes.
 */
async function finished(
  work: Work,
  value: RemoteObject,
  writing: Writing,
  context: OperationContext,
  told: object,
): Promise<Created> {
  const failure = await finishUser(work, value.id, writing);
  if (!failure) return { kind: 'ok', value, ...told, calls: work.calls };
  if (failure.kind === 'denied' || context.signal?.aborted) return work.refused(failure);
  const message = `The user was made, but is not complete: ${failure.message}`;
  const { afterMs } = failure.kind === 'retry' ? failure : {};
  return work.refused({
    kind: 'retry',
    scope: 'object',
    maybeDone: true,
    message,
    ...(afterMs !== undefined && { afterMs }),
    ...(failure.answer !== undefined && { answer: failure.answer }),
  });
}

/**
 * Whoever has the name is looked for: a conflict the engine cannot look up would not end. It cannot be seen while it is
 * new, for one when the answer to its creation was lost.
 */
async function visibleConflict(work: Work, name: string, conflict: Refusal): Promise<Refusal> {
  const sent = await work.send({
    method: 'GET',
    path: userPath(name),
    query: { $select: 'id' },
    object: true,
  });
  if (!sent.refused) return conflict;
  if (sent.refused.kind !== 'not-found') return sent.refused;
  return {
    kind: 'retry',
    scope: 'object',
    maybeDone: true,
    afterMs: 2_000,
    message: `A value is taken, but no user ${name} can be seen: it is new, or a group, a contact or another user has the address. ${conflict.message}`,
    ...(conflict.answer !== undefined && { answer: conflict.answer }),
  };
}

/**
 * Somebody deleted within the last 30 days comes back with mailbox, files and groups. A deleted user's name has the id
 * before it. Undefined: there is nobody to restore.
 */
async function restoreUser(
  work: Work,
  name: string,
  attributes: Attributes,
  writing: Writing,
): Promise<Created | undefined> {
  const looked = await work.send({
    method: 'GET',
    path: '/directory/deletedItems/microsoft.graph.user',
    query: {
      $filter: `endsWith(userPrincipalName,${quoted(name)})`,
      $select: 'id,userPrincipalName,deletedDateTime,onPremisesSyncEnabled',
    },
    advanced: true,
  });
  if (looked.refused) return looked.refused.kind === 'retry' ? work.refused(looked.refused) : undefined;
  const [last] = readPage(looked.reply.body)
    .value.filter(
      ({ id, userPrincipalName, onPremisesSyncEnabled }) =>
        onPremisesSyncEnabled !== true &&
        String(userPrincipalName).toLowerCase() === `${String(id).replaceAll('-', '')}${name}`.toLowerCase(),
    )
    .toSorted((one, other) => String(other.deletedDateTime).localeCompare(String(one.deletedDateTime)));
  if (!last) return undefined;
  const id = String(last.id);
  const restored = await work.send({
    method: 'POST',
    path: `/directory/deletedItems/${id}/restore`,
    object: true,
  });
  if (restored.refused) {
    // Somebody else restored or purged it meanwhile, or has its name: a creation shows which.
    const passing = restored.refused.kind === 'retry' || restored.refused.kind === 'denied';
    return passing ? work.refused(restored.refused) : undefined;
  }
  work.session.fresh.made('user', id, attributes);
  const body: Writing['body'] = { accountEnabled: true, ...writing.body };
  delete body.passwordProfile;
  const patched = await work.send({
    method: 'PATCH',
    path: `/users/${id}`,
    body,
    object: true,
    attributes: Object.keys(attributes),
  });
  const value: RemoteObject = { id, attributes: {} };
  if (!patched.refused)
    return finished(
      work,
      value,
      writing,
      { operationId: '', attempt: 1, mode: 'live' },
      work.told(patched.reply),
    );
  const { refused } = patched;
  if (refused.kind === 'denied') return work.refused(refused);
  const message = `The deleted user was restored, but not changed yet: ${refused.message}`;
  return work.refused({ kind: 'retry', scope: 'object', maybeDone: true, message, answer: refused.answer });
}

/**
 * Names of groups are not unique, so an answer that gets lost would make a second group. The operation's id as alternate
 * key makes repeating it harmless: https://learn.microsoft.com/graph/api/group-upsert
 */
async function createGroup(
  session: Session,
  attributes: Attributes,
  { body }: Writing,
  context: OperationContext,
): Promise<Created> {
  const path = `/groups(uniqueName=${encodeURIComponent(quoted(`rollcall-${context.operationId}`)).replaceAll("'", '%27')})`;
  const microsoft365 = session.settings.groupType === 'microsoft365';
  const upsert: Call = {
    method: 'PATCH',
    path,
    prefer: 'create-if-missing',
    body: {
      mailNickname: nicknameOf(String(attributes.displayName)),
      ...Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && !isEmpty(value))),
      groupTypes: microsoft365 ? ['Unified'] : [],
      mailEnabled: microsoft365,
      securityEnabled: !microsoft365,
    },
    attributes: Object.keys(attributes),
  };
  if (context.mode === 'plan') return { kind: 'planned', calls: [session.wire(upsert)] };
  const work = new Work(session, context.signal);
  const sent = await work.send(upsert);
  if (sent.refused) return work.refused(sent.refused);
  let value = readObject('group', sent.reply.body);
  if (!value) {
    // 204: an earlier attempt has made it.
    const found = await work.send({ method: 'GET', path, query: viewOf(session, 'group'), object: true });
    if (found.refused?.kind === 'not-found' || found.refused?.kind === 'retry')
      return work.refused({ ...noId, message: 'The group is there, but cannot be seen yet.' });
    if (found.refused) return work.refused(found.refused);
    value = readObject('group', found.reply.body);
  }
  if (!value) return work.refused(noId);
  session.fresh.made('group', value.id, attributes);
  return { kind: 'ok', value, ...work.told(sent.reply) };
}

/** ASCII without what Graph refuses; a group must have one, whether it has a mailbox or not. */
export function nicknameOf(displayName: string): string {
  const ascii = displayName.normalize('NFKD').replace(/[^\x21-\x7e]|[@()\\[\]";:<>,]/g, '');
  return ascii.slice(0, 64) || 'group';
}

const noId = {
  kind: 'retry' as const,
  scope: 'object' as const,
  maybeDone: true,
  afterMs: 2_000,
  message: 'Microsoft Graph took the new object but did not tell its id: it has to be looked up.',
};
