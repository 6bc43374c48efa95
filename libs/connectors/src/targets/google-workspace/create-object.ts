import { randomBytes } from 'node:crypto';
import type {
  Attributes,
  OperationContext,
  Outcome,
  RemoteObject,
  SubjectType,
  WireCall,
} from '../../contract.js';
import { told } from '../../http/told.js';
import { newUserBody } from './change-user.js';
import { checkNew } from './check-values.js';
import { explainDuplicate } from './explain-duplicate.js';
import { explainAddress } from './explain-forbidden.js';
import { sendNoting } from './read-call.js';
import { readObject } from './read-object.js';
import { addressesOf, isReference } from './resolve-references.js';
import type { Call, Session } from './session.js';
import { setAliases } from './set-aliases.js';

/** users.insert or groups.insert, and the aliases after it. */
export async function createObject(
  session: Session,
  type: SubjectType,
  attributes: Attributes,
  context: OperationContext,
): Promise<Outcome<RemoteObject>> {
  const refused = checkNew(type, attributes);
  if (refused) return refused;
  if (context.mode === 'plan') return { kind: 'planned', calls: plannedCalls(session, type, attributes) };
  const calls: WireCall[] = [];
  const { signal } = context;
  const references = Object.entries(attributes).filter(([name, value]) => isReference(name, value));
  const addresses = await addressesOf(
    session,
    references.map(([, id]) => String(id)),
    calls,
    signal,
  );
  if (!(addresses instanceof Map)) return { ...addresses, calls };
  const resolved = { ...attributes };
  for (const [name, id] of references) resolved[name] = addresses.get(String(id)) ?? null;

  const sent = await sendNoting(session, insertCall(session, type, resolved, signal), calls);
  if (sent.refused?.kind === 'conflict') {
    const explained = await explainDuplicate(session, type, resolved, sent.refused, calls, signal);
    return { ...explained, calls };
  }
  if (sent.refused) {
    const address = String(attributes[type === 'user' ? 'primaryEmail' : 'email']);
    return { ...(await explainAddress(session, address, sent, calls)), calls };
  }
  const value = readObject(type, sent.reply.body);
  if (!value) return withoutId(calls);
  session.settling.made(value.id);
  if ('aliases' in attributes) {
    const set = await setAliases(session, type, value.id, attributes.aliases, calls, signal);
    if ('refused' in set) return unfinished(`Its aliases could not be set: ${set.refused.message}`, calls);
  }
  return { kind: 'ok', value, ...told(sent.reply, calls) };
}

function insertCall(session: Session, type: SubjectType, attributes: Attributes, signal?: AbortSignal): Call {
  const { disableBy, resolveConflictAccount } = session.settings;
  if (type === 'group') {
    const { aliases: _, ...body } = attributes;
    return { method: 'POST', path: '/groups', body, wantsBody: true, signal };
  }
  const body = newUserBody(attributes, disableBy);
  // Google requires a password. Nobody is told this one: people sign in by single sign-on, or set their own.
  body.password ??= randomBytes(24).toString('base64url');
  return {
    method: 'POST',
    path: '/users',
    ...(resolveConflictAccount && { query: { resolveConflictAccount: 'true' } }),
    body,
    wantsBody: true,
    signal,
  };
}

function plannedCalls(session: Session, type: SubjectType, attributes: Attributes): WireCall[] {
  const aliases = [attributes.aliases ?? []]
    .flat()
    .map((alias): Call => ({ method: 'POST', path: `/${type}s/{id}/aliases`, body: { alias } }));
  return [insertCall(session, type, attributes), ...aliases].map((call) => session.wire(call));
}

/** It is there; the next attempt finds it and brings it in line. */
const unfinished = (message: string, calls: WireCall[]): Outcome<never> => ({
  kind: 'retry',
  scope: 'object',
  maybeDone: true,
  message,
  calls,
});

const withoutId = (calls: WireCall[]): Outcome<never> =>
  unfinished('Google took the new object but did not tell its id: it has to be looked up.', calls);
