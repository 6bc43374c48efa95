import { isObject } from '@rollcall/scim';
import type { Outcome, Page, SubjectType } from '../../contract.js';
import { told } from '../../http/told.js';
import { readObject } from './read-object.js';
import type { Session } from './session.js';

/** Where the next page starts. `mark` is a page that was read before: one that comes again is a circle. */
interface Place {
  token: string;
  mark: string;
  /** Read so far. */
  pages: number;
}

/** groups.list gives 200 at most. */
const mostGroups = 200;

const badCursor: Outcome<never> = {
  kind: 'rejected',
  code: 'bad-cursor',
  message:
    'The cursor was not given out by this connection, or is older than the three days Google keeps it.',
  remedy: 'Start again without one.',
};

/** One page of users.list or groups.list. */
export async function listPage(
  session: Session,
  type: SubjectType,
  { cursor, limit }: { cursor?: string; limit?: number },
): Promise<Outcome<Page>> {
  const place = cursor === undefined ? undefined : readCursor(cursor);
  if (cursor !== undefined && !place) return badCursor;
  const most = type === 'user' ? session.settings.pageSize : Math.min(session.settings.pageSize, mostGroups);
  const sent = await session.send({
    method: 'GET',
    path: `/${type}s`,
    query: {
      customer: session.settings.customer,
      maxResults: String(Math.max(1, Math.min(limit ?? most, most))),
      ...(type === 'user' && { projection: 'full' }),
      ...(place && { pageToken: place.token }),
    },
    wantsBody: true,
  });
  const calls = [sent.call];
  if (sent.refused) {
    const ended = place && sent.reply?.status === 400;
    return ended ? { ...badCursor, calls, answer: sent.refused.answer } : { ...sent.refused, calls };
  }
  const body = sent.reply.body as Record<string, unknown>;
  const resources = resourcesOf(type, body);
  if (!resources) return { ...notGoogle, ...told(sent.reply, calls) };
  const objects = resources
    .filter(isObject)
    .map((resource) => readObject(type, resource))
    .filter((each) => each !== undefined);
  const page = told(sent.reply, calls);
  const token = typeof body.nextPageToken === 'string' ? body.nextPageToken : undefined;
  if (token === undefined) return { kind: 'ok', value: { objects }, ...page };
  const next = placeAfter(place, token, objects[0]?.id ?? `before ${token}`);
  if (!next) {
    const cutShort = 'Google gives the same page again: what comes after it cannot be read.';
    return { kind: 'ok', value: { objects: [], cutShort }, ...page };
  }
  const nextCursor = Buffer.from(JSON.stringify(next)).toString('base64url');
  return { kind: 'ok', value: { objects, nextCursor }, ...page };
}

/**
 * Undefined: the page has been there before. `sign` tells pages apart. Circles of any length are found with one sign
 * remembered, which is renewed whenever the number of pages has doubled (Brent 1980).
 */
function placeAfter(place: Place | undefined, token: string, sign: string): Place | undefined {
  if (place?.mark === sign) return undefined;
  const pages = (place?.pages ?? 0) + 1;
  const doubled = (pages & (pages - 1)) === 0;
  return { token, pages, mark: place && !doubled ? place.mark : sign };
}

/** An empty list is left out by Google; without it only `kind` tells the answer from one of another API. */
export function resourcesOf(type: SubjectType, body: Record<string, unknown>): unknown[] | undefined {
  const list = body[`${type}s`];
  if (Array.isArray(list)) return list;
  return body.kind === `admin#directory#${type}s` ? [] : undefined;
}

/** Nobody must be taken for absent because of it. */
export const notGoogle = {
  kind: 'retry',
  scope: 'connection',
  message:
    'The answer is not one of the Directory API: something else stands at its address in the settings.',
} as const;

function readCursor(cursor: string): Place | undefined {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const known = isObject(place) && typeof place.token === 'string' && Number.isSafeInteger(place.pages);
    return known ? (place as unknown as Place) : undefined;
  } catch {
    return undefined;
  }
}
