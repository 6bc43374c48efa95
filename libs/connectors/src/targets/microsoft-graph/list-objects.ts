import { isObject } from '@rollcall/scim';
import type { ChangesPage, Outcome, Page, SubjectType } from '../../contract.js';
import { selected } from './attributes.js';
import { readObject } from './read-object.js';
import { notGraph, readPage, viewOf } from './read-objects.js';
import type { Session } from './session.js';
import { Work } from './work.js';

/** Where to read on. `mark` is a page that was read before: one that comes again is a circle (Brent's algorithm). */
interface Place {
  of: 'list' | 'delta';
  type: SubjectType;
  /** Path and query below the version. */
  link: string;
  mark: string;
  pages: number;
  markAfter: number;
}

const circle = 'Microsoft Graph gives the same page again: what comes after it cannot be read.';
const elsewhere = 'Microsoft Graph continues its list at another address, which is not followed.';

export async function listObjects(
  session: Session,
  type: SubjectType,
  query: { cursor?: string; limit?: number },
): Promise<Outcome<Page>> {
  const place = query.cursor === undefined ? undefined : readPlace(query.cursor, 'list', type);
  if (query.cursor !== undefined && !place) return badCursor;
  const work = new Work(session);
  const top = Math.max(1, Math.min(query.limit ?? session.settings.pageSize, session.settings.pageSize));
  const sent = await work.send(
    place
      ? { method: 'GET', path: place.link }
      : { method: 'GET', path: `/${type}s`, query: { ...viewOf(session, type), $top: String(top) } },
  );
  if (sent.refused) return work.refused(sent.refused);
  const answered = readPage(sent.reply.body);
  if (!answered) return work.refused(notGraph);
  const { value, nextLink } = answered;
  const objects = value.map((each) => readObject(type, each)).filter((each) => each !== undefined);
  const page = pageAfter(session, { of: 'list', type, place, nextLink, key: objects[0]?.id ?? nextLink });
  const repeats = page.cutShort === circle;
  return { kind: 'ok', value: { objects: repeats ? [] : objects, ...page }, ...work.told(sent.reply) };
}

/**
 * Delta queries (https://learn.microsoft.com/graph/delta-query-overview): a token is the deltaLink, good for seven days.
 * Pages may be empty, and what changed may come more than once.
 */
export async function changesSince(
  session: Session,
  type: SubjectType,
  query: { token?: string; cursor?: string },
): Promise<Outcome<ChangesPage>> {
  const place = query.cursor === undefined ? undefined : readPlace(query.cursor, 'delta', type);
  if (query.cursor !== undefined && !place) return badCursor;
  const since = query.token === undefined ? undefined : readPlace(query.token, 'delta', type);
  if (query.token !== undefined && !since) return badToken();
  const work = new Work(session);
  const from = place ?? since;
  const sent = await work.send(
    from
      ? { method: 'GET', path: from.link }
      : {
          method: 'GET',
          path: `/${type}s/delta`,
          query: { $select: trackedOf(session, type), $deltatoken: 'latest' },
        },
  );
  if (sent.refused) {
    return from && isExpired(sent.reply)
      ? { ...badToken(), ...work.told(sent.reply!) }
      : work.refused(sent.refused);
  }
  const answered = readPage(sent.reply.body);
  if (!answered) return work.refused(notGraph);
  const { value, nextLink, deltaLink } = answered;
  const deleted = value.filter((each) => isObject(each['@removed']) && typeof each.id === 'string');
  const objects = value.filter((each) => !isObject(each['@removed'])).map((each) => readObject(type, each));
  const told = {
    objects: objects.filter((each) => each !== undefined),
    deleted: deleted.map(({ id }) => ({ id: id as string })),
  };
  const next = deltaLink === undefined ? undefined : session.belowBase(deltaLink);
  if (next !== undefined) {
    const token = writePlace({ of: 'delta', type, link: next, mark: '', pages: 0, markAfter: 1 });
    return { kind: 'ok', value: { ...told, token }, ...work.told(sent.reply) };
  }
  const page = pageAfter(session, { of: 'delta', type, place, nextLink, key: nextLink });
  const cutShort =
    page.nextCursor === undefined ? (page.cutShort ?? 'Microsoft Graph gave no deltaLink.') : undefined;
  return { kind: 'ok', value: { ...told, ...page, ...(cutShort && { cutShort }) }, ...work.told(sent.reply) };
}

/** A change of who is in a group makes the group itself come. */
const trackedOf = ({ settings }: Session, type: SubjectType): string =>
  `${selected(type, settings.extensionAttributes)},${type === 'user' ? 'manager' : 'members'}`;

function isExpired(reply: { status: number; body: unknown } | undefined): boolean {
  if (reply?.status === 410) return true;
  const error = isObject(reply?.body) && isObject(reply.body.error) ? reply.body.error : {};
  return /^(?:Directory_)?syncState(?:NotFound|Invalid)$|^resyncRequired$/i.test(String(error.code));
}

/** @param read `key` names the page, the same for the same page */
function pageAfter(
  session: Session,
  read: { of: Place['of']; type: SubjectType; place?: Place; nextLink?: string; key?: string },
): { nextCursor?: string; cutShort?: string } {
  const { of, type, place, nextLink, key = '' } = read;
  if (nextLink === undefined) return {};
  const link = session.belowBase(nextLink);
  if (link === undefined) return { cutShort: elsewhere };
  if (place && key === place.mark) return { cutShort: circle };
  const pages = (place?.pages ?? 0) + 1;
  const moves = !place || pages >= place.markAfter;
  const mark = moves ? key : place.mark;
  const markAfter = moves ? pages * 2 : place.markAfter;
  return { nextCursor: writePlace({ of, type, link, mark, pages, markAfter }) };
}

const writePlace = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function readPlace(text: string, of: Place['of'], type: SubjectType): Place | undefined {
  try {
    const place: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (!isObject(place) || place.of !== of || place.type !== type) return undefined;
    const path = of === 'list' ? `/${type}s?` : `/${type}s/`;
    return typeof place.link === 'string' && place.link.startsWith(path)
      ? (place as unknown as Place)
      : undefined;
  } catch {
    return undefined;
  }
}

const badCursor = {
  kind: 'rejected' as const,
  code: 'bad-cursor',
  message: 'The cursor was not given out by this connection.',
  remedy: 'Start again without one.',
};

const badToken = () => ({
  kind: 'rejected' as const,
  code: 'bad-token',
  message: 'Microsoft Entra does not know the token for changes any more: it is good for seven days.',
  remedy: 'Read everything, and begin again without a token.',
});
