import { isDeepStrictEqual } from 'node:util';
import { isObject } from '@rollcall/scim';
import type { Attributes, Refusal, SubjectType, WireCall } from '../../contract.js';
import { newUserBody, type Resource } from './change-user.js';
import { getCall, sendNoting } from './read-call.js';
import { pathOf, type Session } from './session.js';

type Refused = Extract<Refusal, { kind: 'conflict' }>;

const mostPages = 20;

/**
 * What stands behind "Entity already exists": the object itself, which is adopted; an address that is
 * somebody's alias or a group's; a deleted user, who is restored if the settings say so; or something that
 * Google does not show yet.
 */
export async function explainDuplicate(
  session: Session,
  type: SubjectType,
  attributes: Attributes,
  refused: Refused,
  calls: WireCall[],
  signal?: AbortSignal,
): Promise<Refusal> {
  const key = type === 'user' ? 'primaryEmail' : 'email';
  const address = String(attributes[key]);
  const other = type === 'user' ? 'group' : 'user';
  for (const kind of [type, other] as const) {
    const there = await sendNoting(session, getCall(kind, address, signal), calls);
    if (!there.refused) {
      const main = String((there.reply.body as Resource)[kind === 'user' ? 'primaryEmail' : 'email']);
      const itself = kind === type && main.toLowerCase() === address.toLowerCase();
      return itself ? refused : taken(key, address, `${kind} ${main}`, refused);
    }
    if (there.refused.kind !== 'not-found' && there.reply?.status !== 403) return there.refused;
  }
  if (type === 'user') {
    const deleted = await findDeleted(session, address, calls, signal);
    if (deleted.refused) return deleted.refused;
    if (deleted.user) return restore(session, deleted.user, attributes, refused, calls, signal);
  }
  return {
    kind: 'retry',
    scope: 'object',
    afterMs: 5000,
    message: `Google says that ${address} exists already, and does not show it: it was made a moment ago, or somebody has a private Google account of this address (Admin console, Unmanaged users).`,
    answer: refused.answer,
  };
}

const taken = (attribute: string, address: string, by: string, { answer }: Refused): Refusal => ({
  kind: 'rejected',
  code: 'address-taken',
  attribute,
  message: `${address} belongs to the ${by}, as its address or an alias of it.`,
  remedy: 'Take the address away from it in the Admin console, or map another.',
  answer,
});

async function findDeleted(
  session: Session,
  address: string,
  calls: WireCall[],
  signal?: AbortSignal,
): Promise<{ user?: Resource; refused?: Refusal }> {
  let pageToken: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const query = {
      customer: session.settings.customer,
      showDeleted: 'true',
      projection: 'full',
      maxResults: '500',
      ...(pageToken !== undefined && { pageToken }),
    };
    const list = await sendNoting(
      session,
      { method: 'GET', path: '/users', query, wantsBody: true, signal },
      calls,
    );
    if (list.refused) return { refused: list.refused };
    const body = list.reply.body as Resource;
    const users = Array.isArray(body.users) ? body.users.filter(isObject) : [];
    const user = users.find(
      ({ primaryEmail }) => String(primaryEmail).toLowerCase() === address.toLowerCase(),
    );
    if (user) return { user };
    if (typeof body.nextPageToken !== 'string' || body.nextPageToken === pageToken) return {};
    pageToken = body.nextPageToken;
  }
  return {};
}

/** A restored user is told as the conflict it then is: looked up, adopted and brought in line. */
async function restore(
  session: Session,
  deleted: Resource,
  attributes: Attributes,
  refused: Refused,
  calls: WireCall[],
  signal?: AbortSignal,
): Promise<Refusal> {
  const { restoreDeleted } = session.settings;
  const allowed =
    restoreDeleted === 'always' || (restoreDeleted === 'same-person' && isSamePerson(deleted, attributes));
  if (!allowed) {
    const when = typeof deleted.deletionTime === 'string' ? ` on ${deleted.deletionTime}` : '';
    return {
      kind: 'rejected',
      code: 'deleted-account',
      attribute: 'primaryEmail',
      message: `The address belongs to an account that was deleted${when}. Google keeps it for 20 days.`,
      remedy:
        restoreDeleted === 'never'
          ? 'Restore it in the Admin console if it is the same person, then retry; else wait for the 20 days, or map another address.'
          : 'No external id says that it is the same person. If it is, restore it in the Admin console and retry; else wait for the 20 days, or map another address.',
      answer: refused.answer,
    };
  }
  const sent = await sendNoting(
    session,
    {
      method: 'POST',
      path: `${pathOf('user', String(deleted.id))}/undelete`,
      body: { orgUnitPath: typeof attributes.orgUnitPath === 'string' ? attributes.orgUnitPath : '/' },
      signal,
    },
    calls,
  );
  if (sent.refused) return sent.refused;
  session.settling.made(String(deleted.id));
  return { ...refused, message: 'The deleted account of this address was restored: it is looked up now.' };
}

/** One of the external ids that would be written is one of the deleted user's, kind and value. */
function isSamePerson(deleted: Resource, attributes: Attributes): boolean {
  const ids = Object.entries(attributes).filter(([name]) => name.startsWith('externalIds'));
  const { externalIds: given } = newUserBody(Object.fromEntries(ids), 'suspend');
  const there = deleted.externalIds;
  if (!Array.isArray(given) || !Array.isArray(there)) return false;
  return given.some((one) => there.some((other) => isDeepStrictEqual(one, other)));
}
