import { isObject } from '@rollcall/scim';
import type { Outcome, Page, SubjectType, WireCall } from '../../contract.js';
import { readResource } from './read-resource.js';
import { collectionOf, type Session } from './session.js';

/** Where the next page starts, and the first ids seen, which tell when a server goes round in circles. */
interface Place {
  start: number;
  first?: string;
  previous?: string;
  /** RFC 9865: what the target gave for the next page. */
  cursor?: string;
}

/**
 * One page by index (RFC 7644 section 3.4.2.4), or by cursor (RFC 9865) where the target gives one. Ends on an empty page, when as many have come as the target
 * says there are, and when a page comes again. A full page that holds just as many as the target says in all
 * is not trusted to be the last: some count the page only.
 */
export async function listPage(
  session: Session,
  type: SubjectType,
  query: { cursor?: string; limit?: number },
): Promise<Outcome<Page>> {
  const place = readCursor(query.cursor);
  if (!place) {
    return {
      kind: 'rejected',
      code: 'bad-cursor',
      message: 'The cursor was not given out by this connection.',
      remedy: 'Start again without one.',
    };
  }
  const byCursor = place.cursor !== undefined || session.settings.paging === 'cursor';
  const count = Math.max(1, Math.min(query.limit ?? session.settings.pageSize, session.settings.pageSize));
  const sent = await session.send({
    method: 'GET',
    path: collectionOf[type],
    query: {
      ...(byCursor ? { cursor: place.cursor ?? '' } : { startIndex: String(place.start) }),
      count: String(count),
      ...(type === 'group' && { excludedAttributes: 'members' }),
    },
    wantsBody: true,
  });
  if (sent.refused) return { ...sent.refused, calls: [sent.call] };
  if (!isList(sent.reply.body)) return noList([sent.call]);
  const told = { calls: [sent.call], ...(sent.reply.hints && { hints: sent.reply.hints }) };
  const { resources, total, next: following } = readList(sent.reply.body);
  const objects = resources.map(readResource).filter((each) => each !== undefined);
  const first = objects[0]?.id;
  if (first === undefined) return { kind: 'ok', value: { objects: [] }, ...told };
  if (place.start > 1 && (first === place.previous || first === place.first)) {
    const cutShort = `The target repeats pages: what comes after number ${place.start - 1} cannot be read.`;
    return { kind: 'ok', value: { objects: [], ...(total !== place.start - 1 && { cutShort }) }, ...told };
  }
  const next = place.start + resources.length;
  if (following !== undefined || byCursor) {
    const looping = following !== undefined && following === place.cursor;
    const cutShort = `The target gives the same cursor again: what comes after number ${next - 1} cannot be read.`;
    if (looping) return { kind: 'ok', value: { objects, cutShort }, ...told };
    if (following === undefined) return { kind: 'ok', value: { objects }, ...told };
    const nextCursor = writeCursor({
      start: next,
      first: place.first ?? first,
      previous: first,
      cursor: following,
    });
    return { kind: 'ok', value: { objects, nextCursor }, ...told };
  }
  const countsPageOnly = total === resources.length && resources.length >= count;
  const complete = total !== undefined && next > total && !countsPageOnly;
  if (complete) return { kind: 'ok', value: { objects }, ...told };
  const nextCursor = writeCursor({ start: next, first: place.first ?? first, previous: first });
  return { kind: 'ok', value: { objects, nextCursor }, ...told };
}

/** The resources of a ListResponse; a bare array, and a single resource, are taken too. */
export function readList(body: unknown): { resources: unknown[]; total?: number; next?: string } {
  if (Array.isArray(body)) return { resources: body };
  if (!isObject(body)) return { resources: [] };
  const list = body.Resources ?? body.resources;
  const total = Number(body.totalResults ?? Number.NaN);
  const { nextCursor } = body;
  if (Array.isArray(list))
    return {
      resources: list,
      ...(Number.isFinite(total) && { total }),
      ...(typeof nextCursor === 'string' && nextCursor !== '' && { next: nextCursor }),
    };
  return typeof body.id === 'string' ? { resources: [body], total: 1 } : { resources: [], total: 0 };
}

/** Anything else that is JSON is no list without resources: nobody must be taken for absent because of it. */
export const isList = (body: unknown): boolean =>
  Array.isArray(body) ||
  (isObject(body) &&
    (Array.isArray(body.Resources ?? body.resources) ||
      typeof body.id === 'string' ||
      (body.totalResults !== undefined && Number.isFinite(Number(body.totalResults)))));

export const noList = (calls: WireCall[]): Outcome<never> => ({
  kind: 'retry',
  scope: 'connection',
  message:
    'The target answered with JSON that is no SCIM list: neither Resources nor totalResults. Check the base URL.',
  calls,
});

const writeCursor = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function readCursor(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return { start: 1 };
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return isObject(place) && Number.isInteger(place.start) && Number(place.start) > 0
      ? (place as unknown as Place)
      : undefined;
  } catch {
    return undefined;
  }
}
