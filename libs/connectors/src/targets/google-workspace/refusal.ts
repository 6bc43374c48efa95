import { isObject } from '@rollcall/scim';
import type { RateHints, Refusal } from '../../contract.js';
import { answerTooLong } from '../../http/answer-too-long.js';
import { clip } from '../../http/error-text.js';
import { waitFrom } from '../../http/rate-hints.js';
import { retryLater } from '../../http/retry-later.js';

/** An answer with its body parsed; `body` is undefined when it is not JSON. */
export interface Reply {
  status: number;
  text: string;
  body: unknown;
  tooLong: boolean;
  location?: string;
  hints?: RateHints;
}

/** Google's own words: `error.errors[0].reason` and `error.message`, and of newer errors `error.details[].reason`. */
interface GoogleError {
  reason: string;
  message: string;
}

/** https://developers.google.com/workspace/admin/directory/v1/limits */
const slowDown = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'RATE_LIMIT_EXCEEDED',
  'RESOURCE_EXHAUSTED',
]);

export function errorOf({ body, text }: Pick<Reply, 'body' | 'text'>): GoogleError {
  const error = isObject(body) ? body.error : undefined;
  if (!isObject(error)) {
    const page = text.trimStart().startsWith('<');
    return { reason: '', message: page ? 'a web page instead of an answer of the API' : clip(text) };
  }
  const first: unknown = Array.isArray(error.errors) ? error.errors[0] : undefined;
  const detail: unknown = Array.isArray(error.details)
    ? error.details.find((each) => isObject(each) && typeof each.reason === 'string')
    : undefined;
  const reasons = [isObject(detail) && detail.reason, isObject(first) && first.reason, error.status];
  const reason = reasons.find((each): each is string => typeof each === 'string') ?? '';
  return { reason, message: typeof error.message === 'string' ? clip(error.message) : '' };
}

function answerOf(reply: Reply): string {
  const { reason, message } = errorOf(reply);
  return `HTTP ${reply.status}${reason && ` (${reason})`}${message && `: ${message}`}`;
}

/** Reads a refusal of the Directory API as an outcome. */
export function refusalOf(reply: Reply, kind: 'read' | 'write', now: number): Refusal {
  const { status, hints } = reply;
  const { reason, message } = errorOf(reply);
  const said = message || `HTTP ${status} without an explanation`;
  const told = { answer: answerOf(reply), ...(hints && { hints }) };
  const retry = retryLater(told, kind, now);

  if (status >= 300 && status < 400) {
    const to = reply.location === undefined ? '' : ` to ${reply.location}`;
    return retry('connection', `The address of the API redirects${to}. Redirects are not followed.`);
  }
  if (status === 429 || slowDown.has(reason)) {
    // Google says it by 403 as well, and not for how long: the pace is lowered by what is left.
    return { ...retry('connection', `Google asks to slow down: ${said}`), hints: { remaining: 0, ...hints } };
  }
  if (reason === 'limitExceeded' || /limit has been exceeded/i.test(message)) {
    const remedy = 'Buy licences, or delete accounts that are not needed; then retry.';
    return { kind: 'rejected', code: 'limit-exceeded', message: said, remedy, ...told };
  }
  if (status === 401)
    return {
      kind: 'denied',
      message: `Google refuses the token: ${said}`,
      remedy: 'Check the credentials of this connection.',
      ...told,
    };
  if (/domain not found/i.test(message)) return { ...foreignDomain(said), ...told };
  if (status === 403)
    return {
      kind: 'denied',
      message: `Google refuses the call: ${said}`,
      remedy: rightsRemedy(reason, said),
      ...told,
    };
  if (status === 404) return { kind: 'not-found', message: said, ...told };
  if (status === 409 && reason === 'duplicate') return { kind: 'conflict', message: said, ...told };
  // Two writes to one object at once: the other may have been an earlier attempt at the same.
  if (status === 409) return { ...retry('object', said, true), afterMs: waitFrom(hints, now) ?? 1000 };
  if (status === 412) return { kind: 'rejected', code: 'condition-not-met', message: said, ...told };
  if (status === 503) return retry('connection', `Google is not available: ${said}`, true);
  if (status >= 500 || status === 408) return retry('object', `Google failed: ${said}`, true);

  const attribute = attributeIn(said);
  return {
    kind: 'rejected',
    code: reason || `http-${status}`,
    message: said,
    ...(attribute !== undefined && { attribute }),
    remedy: attribute
      ? `Correct the value of ${attribute} at its source, or change its mapping.`
      : 'Compare the mapping with what Google accepts, then retry.',
    ...told,
  };
}

export const foreignDomain = (message: string): Refusal => ({
  kind: 'rejected',
  code: 'domain',
  attribute: 'primaryEmail',
  message: `The domain of the address does not belong to this Google Workspace account: ${message}`,
  remedy: 'Add and verify the domain in the Admin console, or map an address in a domain that is there.',
});

/** A good status with an answer that is of no use: a write may have been done all the same. */
export function unreadable(reply: Reply, kind: 'read' | 'write'): Refusal {
  const answer = `HTTP ${reply.status}`;
  const write = kind === 'write';
  if (write && reply.text.trim() === '') {
    const message = 'Google took the call, and its answer cannot be read: it has to be looked up.';
    return { kind: 'retry', scope: 'object', maybeDone: true, message, answer };
  }
  if (reply.tooLong) return answerTooLong(reply);
  const message = 'The answer is not JSON: something other than the Directory API stands at this address.';
  return { kind: 'retry', scope: 'connection', message, answer, ...(write && { maybeDone: true }) };
}

function rightsRemedy(reason: string, said: string): string {
  if (/accessNotConfigured|SERVICE_DISABLED/.test(reason) || /has not been used|is disabled/.test(said))
    return 'Enable the Admin SDK API in the Google Cloud project of the credentials.';
  if (/insufficientPermissions|ACCESS_TOKEN_SCOPE_INSUFFICIENT/.test(reason))
    return 'Give the credentials the scopes in the settings of this connection: domain-wide delegation in the Admin console, or a new consent.';
  if (/domainCannotUseApis/.test(reason) || /cannot use api/i.test(said))
    return 'Turn on access by API in the Admin console, Security > API controls.';
  return 'Give the administrator behind these credentials a role with the rights to manage users and groups.';
}

/** What errors say, as the mapping names it: `Invalid Input: primaryEmail`, `Invalid Given/Family Name: FamilyName`. */
const named: [RegExp, string][] = [
  [/GivenName/, 'name.givenName'],
  [/FamilyName/, 'name.familyName'],
  [/password/i, 'password'],
  [/OU_ID|org ?unit/i, 'orgUnitPath'],
  [/primary_?(user_)?email/i, 'primaryEmail'],
  [/recovery_?email/i, 'recoveryEmail'],
  [/recovery_?phone/i, 'recoveryPhone'],
];

function attributeIn(said: string): string | undefined {
  const known = named.find(([words]) => words.test(said));
  if (known) return known[1];
  return /(?:Invalid Input|Missing required field): ([A-Za-z][A-Za-z0-9.]*)$/.exec(said)?.[1];
}
