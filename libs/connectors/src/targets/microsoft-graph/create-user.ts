import { randomBytes, randomInt } from 'node:crypto';
import type { Attributes, OperationContext, Outcome, Refusal, RemoteObject } from '../../contract.js';
import { completed, finishCalls } from './finish-user.js';
import { userPath } from './odata.js';
import { readObject } from './read-object.js';
import { lookForDeleted, restoreUser } from './restore-user.js';
import type { Call, Session } from './session.js';
import { noId, Work } from './work.js';
import { changesOf, withoutEmpty, type Writing, writingOf } from './write-body.js';

export async function createUser(
  session: Session,
  attributes: Attributes,
  context: OperationContext,
): Promise<Outcome<RemoteObject>> {
  const restores = session.settings.restoreDeleted !== 'never';
  const writing = writingOf('user', changesOf(attributes));
  const name = String(attributes.userPrincipalName);
  const post: Call = {
    method: 'POST',
    path: '/users',
    body: newUser(session, writing),
    attributes: Object.keys(attributes),
  };
  if (context.mode === 'plan') {
    const look = restores ? [lookForDeleted(name)] : [];
    const calls = [...look, post, ...finishCalls(session, '/users/{id}', writing)];
    return { kind: 'planned', calls: calls.map((call) => session.wire(call)) };
  }
  const work = new Work(session, context.signal);
  const restored = restores ? await restoreUser(work, name, attributes, writing) : undefined;
  if (restored) return restored;
  const sent = await work.send(post);
  if (sent.refused?.kind === 'conflict') return work.refused(await visibleConflict(work, name, sent.refused));
  if (sent.refused) return work.refused(sent.refused);
  const value = readObject('user', sent.reply.body);
  if (!value) return work.refused(noId);
  session.fresh.made('user', value.id, attributes);
  return completed(work, value, writing, sent.reply);
}

/** With what Graph asks for and a mapping seldom gives: a state, and a password nobody is told. */
function newUser({ settings }: Session, { body }: Writing): object {
  const given = (body.passwordProfile ?? {}) as { password?: unknown };
  return {
    accountEnabled: true,
    ...withoutEmpty(body),
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
    message: `A value is taken, but no user ${name} can be seen: it is new, or a group, a contact, a deleted user or another one has the address. ${conflict.message}`,
    ...(conflict.answer !== undefined && { answer: conflict.answer }),
  };
}
