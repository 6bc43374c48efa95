import type { Outcome, Page, RemoteObject, SubjectType, WireCall } from '../../contract.js';
import type { OperationInput } from './operation-input.js';
import { placeAfter, readCursor, writeCursor, type Place } from './page-place.js';
import { readObject } from './read-object.js';
import type { Refusal, Reply } from './refusal.js';
import type { Sent, Session } from './session.js';
import type { FindRequest, ObjectRequests, Paging, RestRequest } from './settings.js';

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
  request: RestRequest | FindRequest,
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
    calls,
  );
  if ('refused' in objects) return { ...objects.refused, ...told };
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
  const next = await nextOf(session, paging, reply, asked);
  if (next.by === 'sign') {
    if (items.list.length === 0) return page();
    const total = await numberOf(session, paging.total, reply, asked);
    const after = placeAfter(place, objects.read[0]?.id ?? '', items.list.length);
    const seen = place.seen + items.list.length;
    if (!after) {
      objects.read.length = 0;
      return total === place.seen ? page() : page(undefined, repeats(place));
    }
    return total !== undefined && seen >= total ? page() : page(writeCursor(after));
  }
  if (next.value === undefined) return page();
  const after = placeAfter(place, next.value, items.list.length, next.value);
  return after ? page(writeCursor(after)) : page(undefined, repeats(place));
}

/** Parameters of the page that begins at this place. */
function pageOf({ by, first }: Paging, place: Place): Partial<OperationInput> {
  if (by === 'offset') return { offset: (first ?? 0) + place.seen };
  if (by === 'page') return { page: (first ?? 1) + place.pages };
  return by === 'cursor' && place.next !== undefined ? { cursor: place.next } : {};
}

/** Undefined: the place leads elsewhere. */
async function sendFor(
  session: Session,
  { by }: Paging,
  request: RestRequest,
  input: OperationInput,
  { next }: Place,
): Promise<Sent | undefined> {
  if (by !== 'link' || next === undefined) return session.send(request, input);
  const url = ownUrl(session, next);
  return url && session.sendTo(url, request, input);
}

/** A link within the app; credentials are sent nowhere else. */
function ownUrl({ settings }: Session, link: string): URL | undefined {
  const base = new URL(settings.baseUrl);
  if (!URL.canParse(link, base.href)) return undefined;
  const url = new URL(link, base);
  return url.origin === base.origin && url.username === '' ? url : undefined;
}

type Next = { by: 'sign' } | { by: 'token'; value: string | undefined };

async function nextOf(session: Session, paging: Paging, reply: Reply, input: OperationInput): Promise<Next> {
  if (paging.by !== 'cursor' && paging.by !== 'link') return { by: 'sign' };
  let value: unknown;
  if (paging.next === undefined) {
    const link = /<([^>]+)>[^,]*;\s*rel="?next"?/i.exec(String(reply.headers.link ?? ''));
    value = paging.by === 'link' ? link?.[1] : undefined;
  } else {
    const result = await session.expressions.evaluate(paging.next, session.inputOf(reply, input));
    value = 'value' in result ? result.value : undefined;
  }
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text === '') return { by: 'token', value: undefined };
  return { by: 'token', value: paging.by === 'link' ? (ownUrl(session, text)?.href ?? text) : text };
}

async function numberOf(
  session: Session,
  text: string | undefined,
  reply: Reply,
  input: OperationInput,
): Promise<number | undefined> {
  if (text === undefined) return undefined;
  const result = await session.expressions.evaluate(text, session.inputOf(reply, input));
  const number = Number('value' in result ? (result.value ?? Number.NaN) : Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}

/** The objects of an answer, as the app wrote them. */
async function itemsOf(
  session: Session,
  { result = 'body' }: RestRequest,
  reply: Reply,
  input: OperationInput,
): Promise<{ list: unknown[] } | { refused: Refusal }> {
  if (reply.tooLong) return { refused: tooLong(reply) };
  const found = await session.expressions.evaluate(result, session.inputOf(reply, input));
  const list = 'error' in found ? undefined : (found.value ?? (reply.body === undefined ? undefined : []));
  if (Array.isArray(list)) return { list };
  if (typeof list === 'object' && list !== null) return { list: [list] };
  const why = 'error' in found ? found.error : `there is no list at ${result}`;
  return { refused: unreadable(reply, why) };
}

const together = 8;

/** Each object, read by itself where the settings want that. */
async function readAll(
  session: Session,
  requests: ObjectRequests,
  type: SubjectType,
  items: unknown[],
  calls: WireCall[],
): Promise<{ read: RemoteObject[] } | { refused: Refusal }> {
  const read: RemoteObject[] = [];
  for (let from = 0; from < items.length; from += together) {
    const part = items.slice(from, from + together);
    const results = await Promise.all(part.map((item) => readOne(session, requests, type, item, calls)));
    for (const result of results) {
      if (result && 'refused' in result) return result;
      if (result) read.push(result);
    }
  }
  return { read };
}

/** Undefined: gone meanwhile, or no object of the kind that has an id. */
async function readOne(
  session: Session,
  requests: ObjectRequests,
  type: SubjectType,
  item: unknown,
  calls: WireCall[],
): Promise<RemoteObject | { refused: Refusal } | undefined> {
  const object = await readObject(requests, type, item, session.expressions);
  if ('failed' in object) return undefined;
  // Lists leave members out, or have some of them.
  delete object.members;
  if (!requests.readEach || !requests.get) return object;
  const outcome = await getObject(session, type, object.id);
  calls.push(...(outcome.calls ?? []));
  if (outcome.kind === 'ok') {
    delete outcome.value.members;
    return outcome.value;
  }
  if (outcome.kind === 'not-found' || outcome.kind === 'no-op' || outcome.kind === 'planned')
    return undefined;
  return { refused: outcome };
}

export async function getObject(
  session: Session,
  type: SubjectType,
  id: string,
): Promise<Outcome<RemoteObject> & { raw?: unknown }> {
  const requests = session.settings[`${type}s`];
  // An app that cannot be asked is taken at its word.
  if (!requests?.get) return { kind: 'ok', value: { id, attributes: {} } };
  const input: OperationInput = { operation: 'get', type, id };
  const sent = await session.send(requests.get, input);
  const calls = sent.call ? [sent.call] : [];
  if (sent.refused) return { ...sent.refused, calls };
  const told = { calls, ...(sent.reply.hints && { hints: sent.reply.hints }) };
  if (sent.reply.tooLong) return { ...tooLong(sent.reply), ...told };
  const { result = 'body' } = requests.get;
  const found = await session.expressions.evaluate(result, session.inputOf(sent.reply, input));
  const raw = 'value' in found ? found.value : undefined;
  const object =
    raw === undefined ? undefined : await readObject(requests, type, raw, session.expressions, id);
  if (object && !('failed' in object)) return { kind: 'ok', value: object, raw, ...told };
  const why = 'error' in found ? found.error : (object?.failed ?? `there is no object at ${result}`);
  return { ...unreadable(sent.reply, why), ...told };
}

export const notOffered = (what: string, type: SubjectType): Refusal => ({
  kind: 'rejected',
  code: 'not-offered',
  message: `This connection has no request for ${what} of ${type}s.`,
  remedy: `Describe the request ${type}s.${what} in the settings.`,
});

const badCursor: Refusal = {
  kind: 'rejected',
  code: 'bad-cursor',
  message: 'The cursor was not given out by this connection.',
  remedy: 'Start again without one.',
};

const repeats = (place: Place): string =>
  `The target repeats pages: what comes after number ${place.seen} cannot be read.`;

const tooLong = ({ status }: Reply): Refusal => ({
  kind: 'rejected',
  code: 'answer-too-long',
  message: 'The answer is longer than this connection allows.',
  remedy: 'Lower the page size, or raise the largest answer in the settings.',
  answer: `HTTP ${status}`,
});

const unreadable = ({ status, headers }: Reply, why: string): Refusal => ({
  kind: 'retry',
  scope: 'connection',
  message: `The answer cannot be read as the settings say: ${why}. Check base URL, path and result.`,
  answer: `HTTP ${status} ${String(headers['content-type'] ?? '')}`.trim(),
});
