import { isObject } from '@rollcall/scim';
import type { Refusal, SubjectType, WireCall } from '../../contract.js';
import { getCall, orNotSettled, sendNoting } from './read-call.js';
import { foreignDomain } from './refusal.js';
import type { Refused, Session } from './session.js';

export const isForbidden = ({ refused, reply }: Refused): boolean =>
  refused.kind === 'denied' && reply?.status === 403;

/**
 * Google says the same 403 of an address in somebody else's domain as of missing rights. Whether the domain's
 * users can be listed tells which it is.
 */
export async function explainAddress(
  session: Session,
  address: string,
  sent: Refused,
  calls: WireCall[],
): Promise<Refusal> {
  const domain = domainOf(address);
  if (!isForbidden(sent) || domain === session.settings.domain) return sent.refused;
  const list = await sendNoting(
    session,
    { method: 'GET', path: '/users', query: { domain, maxResults: '1' } },
    calls,
  );
  if (!list.refused) return sent.refused;
  const answered = list.reply !== undefined && [400, 403, 404].includes(list.reply.status);
  return answered ? { ...foreignDomain(domain), answer: sent.refused.answer } : list.refused;
}

/** Why a write to an object was refused: it is new, it is an administrator, or the rights are missing. */
export async function explainObject(
  session: Session,
  type: SubjectType,
  id: string,
  sent: Refused,
  calls: WireCall[],
): Promise<Refusal> {
  const settled = orNotSettled(session, id, sent);
  if (!isForbidden(sent) || settled !== sent.refused) return settled;
  const there = await sendNoting(session, getCall(type, id), calls);
  if (!there.refused) {
    const { isAdmin, isDelegatedAdmin } = isObject(there.reply.body) ? there.reply.body : {};
    if (isAdmin === true) return superAdmin(sent.refused);
    return isDelegatedAdmin === true ? delegatedAdmin(sent.refused) : sent.refused;
  }
  if (!isForbidden(there)) return there.refused;
  const why = await cannotRead(session, type, calls);
  if (why) return why;
  return {
    kind: 'retry',
    scope: 'object',
    message: `The administrator behind the credentials may not see this ${type}: it was made a moment ago, or is in an organizational unit that the administrator’s role does not reach.`,
    answer: sent.refused.answer,
  };
}

/** Why not even a list can be had; undefined where it can. */
export async function cannotRead(
  session: Session,
  type: SubjectType,
  calls: WireCall[],
): Promise<Refusal | undefined> {
  const query = { customer: session.settings.customer, maxResults: '1' };
  const list = await sendNoting(session, { method: 'GET', path: `/${type}s`, query }, calls);
  return list.refused;
}

const superAdmin = ({ answer }: Refusal): Refusal => ({
  kind: 'rejected',
  code: 'super-admin',
  message: 'The user is a super administrator, whom the administrator behind the credentials may not change.',
  remedy: 'Let a super administrator stand behind the credentials, or protect this user in the policy.',
  answer,
});

const delegatedAdmin = ({ answer }: Refusal): Refusal => ({
  kind: 'rejected',
  code: 'delegated-admin',
  message: 'The user has an administrator role, and only a super administrator may change such users.',
  remedy:
    'Let a super administrator stand behind the credentials, take the role from the user, or protect this user in the policy.',
  answer,
});

const domainOf = (address: string): string => address.slice(address.indexOf('@') + 1).toLowerCase();
