import type { OperationInput } from './operation-input.js';
import type { Place } from './page-place.js';
import type { Reply } from './refusal.js';
import type { Sent, Session } from './session.js';
import type { Paging, RestRequest } from './settings.js';

/** Parameters of the page that begins at this place. */
export function pageOf({ by, first }: Paging, place: Place): Partial<OperationInput> {
  if (by === 'offset') return { offset: (first ?? 0) + place.seen };
  if (by === 'page') return { page: (first ?? 1) + place.pages };
  return by === 'cursor' && place.next !== undefined ? { cursor: place.next } : {};
}

/** Asks for the page. Undefined: its link leads to another host. */
export async function sendFor(
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

/**
 * The cursor or link of the next page, where the app pages by these; undefined on the last one. `failed` says in words
 * why it is not known whether there is one.
 */
export async function nextOf(
  session: Session,
  paging: Paging,
  reply: Reply,
  input: OperationInput,
): Promise<{ next?: string } | { failed: string }> {
  let value: unknown;
  if (paging.next === undefined) {
    const link = /<([^>]+)>[^,]*;\s*rel="?next"?/i.exec(String(reply.headers.link ?? ''));
    value = paging.by === 'link' ? link?.[1] : undefined;
  } else {
    const result = await session.expressions.evaluate(paging.next, session.inputOf(reply, input));
    if ('error' in result) return { failed: `paging.next cannot be worked out: ${result.error}` };
    value = result.value;
  }
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text === '') return {};
  return { next: paging.by === 'link' ? withoutKey(session, text) : text };
}

/** Apps repeat the parameters they were asked with: the key is added again when the link is asked for. */
function withoutKey({ settings, secretParameters }: Session, link: string): string {
  if (!URL.canParse(link, settings.baseUrl)) return link;
  const url = new URL(link, settings.baseUrl);
  for (const name of secretParameters) if (url.searchParams.has(name)) url.searchParams.delete(name);
  return url.href;
}

/** How many objects there are in all, where the app says it. */
export async function totalOf(
  session: Session,
  { total: text }: Paging,
  reply: Reply,
  input: OperationInput,
): Promise<number | undefined> {
  if (text === undefined) return undefined;
  const result = await session.expressions.evaluate(text, session.inputOf(reply, input));
  const number = Number('value' in result ? (result.value ?? Number.NaN) : Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}
