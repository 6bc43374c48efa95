import type { Outcome, Page, Refusal, RemoteObject, SubjectType, WireCall } from '../../contract.js';
import type { OperationInput } from './operation-input.js';
import { getObject } from './get-object.js';
import { placeAfter, readCursor, writeCursor, type Place } from './page-place.js';
import { itemsOf, notOffered } from './read-answer.js';
import { readObject } from './read-object.js';
import { type Reply, unreadable } from './refusal.js';
import type { Session } from './session.js';
import type { ObjectRequests, Paging, RestRequest } from './settings.js';
import { nextOf, pageOf, sendFor, totalOf } from './turn-page.js';

/** One page of a list or a search, as the app pages. */
export async function listPage(
  session: Session,
  type: SubjectType,
  query: { cursor?: string; limit?: number },
): Promise<Outcome<Page>> {
  const requests = session.settings[`${type}s`];
  const request = requests?.list;
  if (!requests || !request) return notOffered('list', type);
  const place = readCursor(query.cursor);
  if (!place) return badCursor;
  const limit = Math.max(1, Math.min(query.limit ?? session.settings.pageSize, session.settings.pageSize));
  return readPage(session, requests, request, { operation: 'list', type, limit }, place);
}

/**
 * @param place where the page begins
 * @param complete false: objects as the page has them, also where the settings want each to be read by itself
 */
export async function readPage(
  session: Session,
  requests: ObjectRequests,
  request: RestRequest,
  input: OperationInput,
  place: Place,
  complete = true,
): Promise<Outcome<Page>> {
  const paging: Paging = requests.paging ?? { by: 'none' };
  const asked = { ...input, ...pageOf(paging, place) };
  const sent = await sendFor(session, paging, request, asked, place);
  if (sent === undefined) return badCursor;
  const calls = sent.call ? [sent.call] : [];
  if (sent.refused) return { ...sent.refused, calls };
  const { reply } = sent;
  const told = { calls, ...(reply.hints && { hints: reply.hints }) };
  const items = await itemsOf(session, request, reply, asked);
  if ('refused' in items) return { ...items.refused, ...told };
  const objects = await readAll(
    session,
    complete ? requests : { ...requests, readEach: false },
    input.type,
    items.list,
    reply,
    calls,
  );
  if ('refused' in objects) return { ...objects.refused, ...told };
  const { firstId } = objects;
  const page = (nextCursor?: string, cutShort?: string): Outcome<Page> => ({
    kind: 'ok',
    value: {
      objects: objects.read,
      ...(nextCursor !== undefined && { nextCursor }),
      ...(cutShort !== undefined && { cutShort }),
    },
    ...told,
  });
  if (paging.by === 'none') return page();
  const count = items.list.length;
  if (paging.by === 'cursor' || paging.by === 'link') {
    const turned = await nextOf(session, paging, reply, asked);
    if ('failed' in turned) return page(undefined, turned.failed);
    const { next } = turned;
    if (next === undefined) return page();
    const after = placeAfter(place, next, count, next);
    return after ? page(writeCursor(after)) : page(undefined, repeats(place));
  }
  const total = await totalOf(session, paging, reply, asked);
  if (count === 0)
    return total !== undefined && place.seen < total ? page(undefined, missing(place, total)) : page();
  const after = placeAfter(place, firstId, count);
  if (!after) {
    objects.read.length = 0;
    return total === place.seen ? page() : page(undefined, repeats(place));
  }
  return total !== undefined && place.seen + count >= total ? page() : page(writeCursor(after));
}

const together = 8;

/** Each object, read by itself where the settings want that. */
async function readAll(
  session: Session,
  requests: ObjectRequests,
  type: SubjectType,
  items: unknown[],
  reply: Reply,
  calls: WireCall[],
): Promise<{ read: RemoteObject[]; firstId: string } | { refused: Refusal }> {
  // Lists leave members out, or have some of them.
  const read = requests.read && { ...requests.read, members: undefined };
  const partial: RemoteObject[] = [];
  for (const item of items) {
    const object = await readObject({ ...requests, read }, type, item, session.expressions);
    if ('failed' in object)
      return { refused: unreadable(reply, `an object of the list has a fault: ${object.failed}`) };
    partial.push(object);
  }
  const firstId = partial[0]?.id ?? '';
  if (!requests.readEach || !requests.get) return { read: partial, firstId };
  const whole: RemoteObject[] = [];
  for (let from = 0; from < partial.length; from += together) {
    const part = partial.slice(from, from + together);
    const results = await Promise.all(part.map(({ id }) => readOne(session, type, id, calls)));
    for (const result of results) {
      if (result && 'refused' in result) return result;
      if (result) whole.push(result);
    }
  }
  return { read: whole, firstId };
}

/** Undefined: gone meanwhile. */
async function readOne(
  session: Session,
  type: SubjectType,
  id: string,
  calls: WireCall[],
): Promise<RemoteObject | { refused: Refusal } | undefined> {
  const outcome = await getObject(session, type, id);
  calls.push(...(outcome.calls ?? []));
  if (outcome.kind === 'not-found') return undefined;
  if (outcome.kind !== 'ok') return { refused: outcome as Refusal };
  delete outcome.value.members;
  return outcome.value;
}

const badCursor: Refusal = {
  kind: 'rejected',
  code: 'bad-cursor',
  message: 'The cursor was not given out by this connection.',
  remedy: 'Start again without one.',
};

const repeats = (place: Place): string =>
  `The target repeats pages: what comes after number ${place.seen} cannot be read.`;

const missing = (place: Place, total: number): string =>
  `The target counts ${total} objects, and its pages end after ${place.seen}.`;
