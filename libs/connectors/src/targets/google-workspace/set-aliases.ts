import { isObject } from '@rollcall/scim';
import type { AttributeValue, Refusal, SubjectType, WireCall } from '../../contract.js';
import { explainObject } from './explain-forbidden.js';
import { getCall, sendNoting } from './read-call.js';
import { pathOf, type Refused, type Session } from './session.js';

/** Aliases are a resource of their own, below a user or group: these are added and taken away one by one. */
export async function setAliases(
  session: Session,
  type: SubjectType,
  id: string,
  wanted: AttributeValue | undefined,
  calls: WireCall[],
  signal?: AbortSignal,
): Promise<{ changed: boolean } | { refused: Refusal }> {
  const path = `${pathOf(type, id)}/aliases`;
  const list = await sendNoting(session, { method: 'GET', path, wantsBody: true, signal }, calls);
  if (list.refused) return { refused: await explainObject(session, type, id, list, calls) };
  const there = aliasesIn(list.reply.body);
  const target = [wanted ?? []].flat().map((each) => String(each).toLowerCase());
  for (const alias of there.filter((each) => !target.includes(each))) {
    const refused = await removeAlias(session, type, id, alias, calls, signal);
    if (refused) return { refused };
  }
  for (const alias of target.filter((each) => !there.includes(each))) {
    const sent = await sendNoting(session, { method: 'POST', path, body: { alias }, signal }, calls);
    if (sent.refused && !(await isOwn(session, type, id, alias, sent, calls)))
      return { refused: ofAlias(await explainObject(session, type, id, sent, calls), alias) };
  }
  return { changed: there.toSorted().join() !== [...new Set(target)].toSorted().join() };
}

/** Undefined: it is not there any more. */
export async function removeAlias(
  session: Session,
  type: SubjectType,
  id: string,
  alias: string,
  calls: WireCall[],
  signal?: AbortSignal,
): Promise<Refusal | undefined> {
  const path = `${pathOf(type, id)}/aliases/${encodeURIComponent(alias)}`;
  const sent = await sendNoting(session, { method: 'DELETE', path, signal }, calls);
  if (!sent.refused || sent.refused.kind === 'not-found') return undefined;
  return explainObject(session, type, id, sent, calls);
}

/** The list of aliases may be older than the alias. */
async function isOwn(
  session: Session,
  type: SubjectType,
  id: string,
  alias: string,
  { refused }: Refused,
  calls: WireCall[],
): Promise<boolean> {
  if (refused.kind !== 'conflict') return false;
  const holder = await sendNoting(session, getCall(type, alias), calls);
  return !holder.refused && isObject(holder.reply.body) && holder.reply.body.id === id;
}

function ofAlias(refused: Refusal, alias: string): Refusal {
  if (refused.kind !== 'conflict') return refused;
  return {
    kind: 'rejected',
    code: 'address-taken',
    attribute: 'aliases',
    message: `The alias ${alias} belongs to somebody else: ${refused.message}`,
    remedy: 'Take it away from the other user or group, or out of the mapping.',
    answer: refused.answer,
  };
}

function aliasesIn(body: unknown): string[] {
  const list = isObject(body) && Array.isArray(body.aliases) ? body.aliases : [];
  return list.filter(isObject).map(({ alias }) => String(alias).toLowerCase());
}
