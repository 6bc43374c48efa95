import { isObject, parsePath } from '@rollcall/scim';
import type { RateHints, Refusal } from '../../contract.js';
import { attributeNamedIn, clip } from '../../http/error-text.js';
import { retryLater } from '../../http/retry-later.js';

/** An answer with its body parsed; `body` is undefined when it is not JSON. */
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
  /** The URL names a collection (/Users), so 404 does not speak of an object. */
  collection: boolean;
  /** Paths that were sent: an error text is searched for their names. */
  attributes?: string[];
  /** Texts by which this app says that a unique value is taken, whatever the status. */
  duplicateAnswers?: string[];
}

const duplicate =
  /already (?:exists?|in use|taken|registered|used|been taken)|duplicate|not unique|must be unique|uniqueness|unique (?:constraint|violation|index)|E11000/i;

/** A 404 from something in front of the app, which says nothing of the object asked for. */
export const isForeign404 = (reply: Reply): boolean =>
  (reply.status === 404 || reply.status === 410) && reply.body === undefined && reply.text.trim() !== '';

/** Reads a refusal (RFC 7644 section 3.12, and what apps do instead) as an outcome. `now` in epoch ms. */
export function refusalOf(reply: Reply, attempted: Attempted, now: number): Refusal {
  const { status, hints } = reply;
  const { detail, scimType } = errorOf(reply);
  const said = detail || `HTTP ${status} without an explanation`;
  const told = { answer: answerOf(reply), ...(hints && { hints }) };
  const retry = retryLater(told, attempted.kind, now);

  if (status >= 300 && status < 400) {
    const to = reply.headers.location;
    return retry(
      'connection',
      `The target redirects${to ? ` to ${String(to)}` : ''}. Redirects are not followed: set the base URL to the address that answers itself.`,
    );
  }
  if (status === 429 || (status === 403 && (hints?.retryAfterMs !== undefined || hints?.remaining === 0))) {
    return retry('connection', `The target asks to slow down: ${said}`);
  }
  if (status === 401 || status === 403) {
    return {
      kind: 'denied',
      message: `The target refuses the credentials: ${said}`,
      remedy:
        status === 401
          ? 'Get a new token or secret from the app, enter it at this connection and enable it again.'
          : 'Give the account behind these credentials the right to manage users and groups in the app.',
      ...told,
    };
  }
  if (
    status === 409 ||
    scimType === 'uniqueness' ||
    ([400, 422, 500].includes(status) && duplicate.test(detail)) ||
    saysDuplicate(reply, attempted.duplicateAnswers ?? [])
  ) {
    return { kind: 'conflict', message: said, ...told };
  }
  if (status === 404 || status === 410) {
    if (!attempted.collection && !isForeign404(reply)) return { kind: 'not-found', message: said, ...told };
    return retry('connection', `There is no SCIM endpoint at this address: ${said}. Check the base URL.`);
  }
  if (status === 503) return retry('connection', `The target is not available: ${said}`, true);
  if (status === 408 || status === 412 || status === 423 || status === 425) return retry('object', said);
  if (status >= 500 && status !== 501) return retry('object', `The target failed: ${said}`, true);

  const code = scimType ?? `http-${status}`;
  const attribute = attributeNamedIn(
    detail,
    (attempted.attributes ?? []).map((name) => ({ name, spellings: spellings(name) })),
  );
  const remedy = remedyFor(code, status, attribute);
  return {
    kind: 'rejected',
    code,
    message: said,
    ...(attribute && { attribute }),
    ...(remedy && { remedy }),
    ...told,
  };
}

const saysDuplicate = (reply: Reply, texts: string[]): boolean =>
  reply.status >= 400 && texts.some((text) => reply.text.toLowerCase().includes(text.toLowerCase()));

/** What the target answered, as one line for people: `HTTP 409 (uniqueness): userName is taken`. */
export function answerOf(reply: Reply): string {
  const { detail, scimType } = errorOf(reply);
  const type = scimType === undefined ? '' : ` (${scimType})`;
  return `HTTP ${reply.status}${type}${detail && `: ${detail}`}`;
}

/** SCIM 2.0 `detail`, SCIM 1.1 `Errors[].description` (at Slack not a list), or whatever the app uses for a message. */
export function errorOf(reply: Reply): { detail: string; scimType?: string } {
  const { body } = reply;
  if (!isObject(body)) {
    const page =
      /html/i.test(String(reply.headers['content-type'])) || reply.text.trimStart().startsWith('<');
    return { detail: page ? 'a web page instead of a SCIM answer' : clip(reply.text) };
  }
  const list = body.Errors ?? body.errors;
  const first: unknown = Array.isArray(list) ? list[0] : list;
  const places = isObject(first) ? [body, first] : [body];
  const texts = places.flatMap((each) => [
    each.detail,
    each.description,
    each.error_description,
    each.message,
    each.error,
  ]);
  const detail = texts.find((each): each is string => typeof each === 'string' && each !== '');
  const scimType = typeof body.scimType === 'string' && body.scimType !== '' ? body.scimType : undefined;
  return { detail: clip(detail ?? (typeof first === 'string' ? first : '')), ...(scimType && { scimType }) };
}

function spellings(attribute: string): string[] {
  const { name, sub } = parsePath(attribute);
  const local = name.slice(name.lastIndexOf(':') + 1);
  const dotted = sub === undefined ? local : `${local}.${sub}`;
  const [whole, part] = dotted.split('.') as [string, string?];
  const own = part !== undefined && part !== 'value' && part !== 'type' ? [part] : [];
  return [attribute, dotted, whole, ...own];
}

function remedyFor(code: string, status: number, attribute: string | undefined): string | undefined {
  const name = attribute ?? 'the attribute';
  if (code === 'mutability')
    return `The app does not let ${name} be changed: map it for creation only, or take it out of the mapping.`;
  if (code === 'invalidPath' || code === 'noTarget')
    return `The app does not know ${name}: take it out of the mapping, or pick another target attribute.`;
  if (code === 'invalidFilter')
    return 'The app cannot search by this attribute: match by userName or displayName.';
  if (code === 'tooMany' || status === 413)
    return 'Lower the page size or the number of members for each call in the settings.';
  if (status === 405 || status === 501)
    return 'The app does not offer this operation: switch it off for this connection.';
  if (status === 415) return 'Change the content type in the settings.';
  if (attribute !== undefined)
    return `Correct the value of ${attribute} at its source, or change its mapping.`;
  if (status === 400 || status === 422) return 'Compare the mapping with what the app accepts, then retry.';
  return undefined;
}
