import { isObject, type JsonObject } from '@rollcall/scim';
import type { RateHints, Refusal } from '../../contract.js';
import { attributeNamedIn, clip } from '../../http/error-text.js';
import { retryLater } from '../../http/retry-later.js';

/** An answer; `body` is its JSON, and undefined where it is none. */
export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  body: unknown;
  tooLong: boolean;
  hints?: RateHints;
}

export interface Attempted {
  /** write: repeating it blindly could do it twice. */
  kind: 'read' | 'write';
  /** The address names an object, so 404 speaks of it. */
  ofObject: boolean;
  /** Attributes that were sent, with the app's own names for them: an error text is searched for these. */
  attributes: { name: string; title?: string }[];
}

/** What the settings' expressions made of the answer. */
export interface Meaning {
  conflict?: boolean;
  notFound?: boolean;
  denied?: boolean;
  retry?: boolean;
  message?: string;
}

const duplicate =
  /already (?:exists?|in use|taken|registered|used|been taken)|duplicate|not unique|must be unique|uniqueness|unique (?:constraint|violation|index)/i;

/** Reads a refusal as an outcome: what the settings say it means, else what its status does. `now` in epoch ms. */
export function refusalOf(reply: Reply, attempted: Attempted, meaning: Meaning, now: number): Refusal {
  const { status, hints } = reply;
  const detail = clip(meaning.message ?? detailOf(reply));
  const said = detail || `HTTP ${status} without an explanation`;
  const told = { answer: `HTTP ${status}${detail && `: ${detail}`}`, ...(hints && { hints }) };
  const retry = retryLater(told, attempted.kind, now);
  if (meaning.conflict) return { kind: 'conflict', message: said, ...told };
  if (meaning.notFound) return { kind: 'not-found', message: said, ...told };
  if (meaning.denied) return denied(status, said, told);
  if (meaning.retry) return retry('connection', `The target asks to come back later: ${said}`);

  if (status >= 300 && status < 400) {
    const to = reply.headers.location;
    return retry(
      'connection',
      `The target redirects${to ? ` to ${String(to)}` : ''}. Redirects are not followed: set the base URL to the address that answers itself.`,
    );
  }
  if (status === 429 || (status === 403 && (hints?.retryAfterMs !== undefined || hints?.remaining === 0)))
    return retry('connection', `The target asks to slow down: ${said}`);
  if (status === 401 || status === 403) return denied(status, said, told);
  if (status === 409 || ([400, 422].includes(status) && duplicate.test(detail)))
    return { kind: 'conflict', message: said, ...told };
  if (status === 404 || status === 410) {
    if (attempted.ofObject && !isForeign(reply)) return { kind: 'not-found', message: said, ...told };
    return retry(
      'connection',
      `There is nothing at this address: ${said.replace(/\.$/, '')}. Check base URL and path.`,
    );
  }
  if (status === 503) return retry('connection', `The target is not available: ${said}`, true);
  if ([408, 412, 423, 425].includes(status)) return retry('object', said, status === 408);
  if (status >= 500 && status !== 501) return retry('object', `The target failed: ${said}`, true);
  const attribute = attributeNamedIn(
    detail,
    attempted.attributes.map(({ name, title }) => ({
      name,
      spellings: title === undefined ? [name] : [name, title],
    })),
  );
  return {
    kind: 'rejected',
    code: `http-${status}`,
    message: said,
    ...(attribute && { attribute }),
    remedy: remedyFor(status, attribute),
    ...told,
  };
}

/** Of an answer that may have meant success, had it been understood. */
export const unreadable = ({ status, headers }: Reply, why: string): Extract<Refusal, { kind: 'retry' }> => ({
  kind: 'retry',
  scope: 'connection',
  message: `The answer cannot be read as the settings say: ${why}. Check base URL, path and result.`,
  answer: `HTTP ${status} ${String(headers['content-type'] ?? '')}`.trim(),
});

/** A 404 of something in front of the app, which says nothing of the object asked for. */
const isForeign = ({ body, text }: Reply): boolean => body === undefined && text.trim() !== '';

const denied = (status: number, said: string, told: object): Refusal => ({
  kind: 'denied',
  message: `The target refuses the credentials: ${said}`,
  remedy:
    status === 403
      ? 'Give the account behind these credentials the right to manage users and groups in the app.'
      : 'Get a new key, token or secret from the app, enter it at this connection and enable it again.',
  ...told,
});

const places = [
  'detail',
  'error_description',
  'message',
  'error',
  'title',
  'description',
  'errors',
  'reason',
];

/** What apps use for a message: a text, an object with one, or a list of either. */
export function detailOf({ body, text, headers }: Pick<Reply, 'body' | 'text' | 'headers'>): string {
  const found = textIn(body, 3);
  if (found !== undefined) return found;
  if (body !== undefined) return '';
  const page = /html/i.test(String(headers['content-type'])) || text.trimStart().startsWith('<');
  return page ? 'a web page instead of an answer of the API' : text;
}

function textIn(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  if (depth === 0) return undefined;
  if (Array.isArray(value)) {
    const texts = value.slice(0, 10).flatMap((each) => textIn(each, depth - 1) ?? []);
    return texts.length > 0 ? texts.join('; ') : undefined;
  }
  if (!isObject(value)) return undefined;
  return firstOf(value, depth) ?? (depth < 3 ? fieldErrors(value, depth) : undefined);
}

function firstOf(value: JsonObject, depth: number): string | undefined {
  for (const place of places) {
    const text = Object.hasOwn(value, place) ? textIn(value[place], depth - 1) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

/** {"email": ["is invalid"]} below `errors`. */
function fieldErrors(value: JsonObject, depth: number): string | undefined {
  const texts = Object.entries(value).flatMap(([name, each]) => {
    const text = textIn(each, depth - 1);
    return text === undefined ? [] : [`${name} ${text}`];
  });
  return texts.length > 0 ? texts.slice(0, 10).join('; ') : undefined;
}

function remedyFor(status: number, attribute: string | undefined): string {
  if (attribute !== undefined)
    return `Correct the value of ${attribute} at its source, or change its mapping.`;
  if (status === 405 || status === 501) return 'Check method and path of this request in the settings.';
  if (status === 415) return 'Change the format of bodies, or the content type, in the settings.';
  if (status === 413) return 'Lower the page size, or the number of members for each call, in the settings.';
  return 'Compare the mapping, and the body of this request, with what the app accepts, then retry.';
}
