import { isObject } from '@rollcall/scim';
import type { Outcome, RemoteObject, SubjectType, WireCall } from '../../contract.js';
import { told } from '../../http/told.js';
import { cannotRead, isForbidden } from './explain-forbidden.js';
import { getCall, sendNoting } from './read-call.js';
import { readObject } from './read-object.js';
import { notGoogle, resourcesOf } from './list-page.js';
import { searchQuery } from './search-query.js';
import type { Session } from './session.js';

/**
 * Objects whose attribute has this value. By its address an object is read directly, which shows what was written
 * a moment ago; by anything else it is searched for, and Google's search may be hours behind.
 */
export async function findObjects(
  session: Session,
  type: SubjectType,
  key: { attribute: string; value: string },
): Promise<Outcome<RemoteObject[]>> {
  const calls: WireCall[] = [];
  // Without an @ Google would read it as an id.
  if (key.attribute === (type === 'user' ? 'primaryEmail' : 'email') && key.value.includes('@'))
    return findByAddress(session, type, key, calls);
  const query = searchQuery(type, key.attribute, key.value);
  if (query === undefined)
    return {
      kind: 'rejected',
      code: 'not-searchable',
      attribute: key.attribute,
      message: `Google cannot be searched by ${key.attribute}.`,
      remedy: 'Match by the address, an external id or a field of a custom schema.',
    };
  const sent = await sendNoting(
    session,
    {
      method: 'GET',
      path: `/${type}s`,
      query: {
        customer: session.settings.customer,
        query,
        maxResults: '100',
        ...(type === 'user' && { projection: 'full' }),
      },
      wantsBody: true,
    },
    calls,
  );
  if (sent.refused) return { ...sent.refused, calls };
  const resources = resourcesOf(type, sent.reply.body as Record<string, unknown>);
  if (!resources) return { ...notGoogle, ...told(sent.reply, calls) };
  const found = resources
    .filter(isObject)
    .map((resource) => readObject(type, resource))
    .filter((object) => object !== undefined)
    .filter(({ attributes }) => isSame(attributes[key.attribute], key.value));
  return { kind: 'ok', value: found, ...told(sent.reply, calls) };
}

/** An address leads to whoever has it as an alias, too: only the main address is a match. */
async function findByAddress(
  session: Session,
  type: SubjectType,
  { attribute, value }: { attribute: string; value: string },
  calls: WireCall[],
): Promise<Outcome<RemoteObject[]>> {
  const sent = await sendNoting(session, getCall(type, value), calls);
  if (sent.refused) {
    // 403 is also said of addresses in other domains, and for a while of users just made.
    const refused = isForbidden(sent) ? await cannotRead(session, type, calls) : sent.refused;
    if (refused && refused.kind !== 'not-found') return { ...refused, calls };
    return { kind: 'ok', value: [], answer: sent.refused.answer, calls };
  }
  const object = readObject(type, sent.reply.body);
  if (!object) return { ...notGoogle, ...told(sent.reply, calls) };
  const match = isSame(object.attributes[attribute], value) ? [object] : [];
  return { kind: 'ok', value: match, ...told(sent.reply, calls) };
}

/** Upper and lower case do not count at Google. */
const isSame = (there: unknown, value: string): boolean =>
  [there].flat().some((each) => String(each).toLowerCase() === value.toLowerCase());
