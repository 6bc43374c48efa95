import { isObject } from '@rollcall/scim';
import type { AttributeValue, Refusal, WireCall } from '../../contract.js';
import { getCall, orNotSettled, sendNoting } from './read-call.js';
import type { Session } from './session.js';

const isRelation = (attribute: string): boolean => /^relations\[.*\]\.value$/.test(attribute);

/** A mapping gives relations (the manager) as an id; Google keeps an address. */
export const isReference = (attribute: string, value: AttributeValue | undefined): value is string =>
  isRelation(attribute) && typeof value === 'string' && /^\d+$/.test(value);

/** The addresses of the users that relations name by id. */
export async function addressesOf(
  session: Session,
  ids: string[],
  calls: WireCall[],
  signal?: AbortSignal,
): Promise<Map<string, string> | Refusal> {
  const addresses = new Map<string, string>();
  for (const id of new Set(ids)) {
    const sent = await sendNoting(session, getCall('user', id, signal), calls);
    if (sent.refused) {
      const refused = orNotSettled(session, id, sent);
      if (refused.kind !== 'not-found') return refused;
      const message = 'The user a relation names is not there any more.';
      return { kind: 'retry', scope: 'object', message, answer: refused.answer };
    }
    const { body } = sent.reply;
    if (isObject(body) && typeof body.primaryEmail === 'string') addresses.set(id, body.primaryEmail);
  }
  return addresses;
}
