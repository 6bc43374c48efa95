import { isObject } from '@rollcall/scim';
import type { RateHints, Refusal } from '../../contract.js';
import { clip } from '../../http/error-text.js';
import { retryLater } from '../../http/retry-later.js';

/** An answer with its body parsed; `body` is undefined when it is not JSON. */
export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
  tooLong: boolean;
  hints?: RateHints;
}

export interface Attempted {
  /** write: repeating it blindly could do it twice. */
  kind: 'read' | 'write';
  /** The address names an object, so 404 speaks of it. */
  object: boolean;
  /** As in mappings. */
  attributes?: string[];
}

export interface GraphProblem {
  code: string;
  message: string;
  details: { code: string; target?: string }[];
  requestId?: string;
}

/** Microsoft Graph's error resource (https://learn.microsoft.com/graph/errors); undefined where the answer is none. */
export function problemOf({ body }: Reply): GraphProblem | undefined {
  const error = isObject(body) ? body.error : undefined;
  if (!isObject(error) || typeof error.code !== 'string') return undefined;
  const details = Array.isArray(error.details) ? error.details.filter(isObject) : [];
  const inner = isObject(error.innerError) ? error.innerError : {};
  const requestId = inner['request-id'];
  return {
    code: error.code,
    message: typeof error.message === 'string' ? clip(error.message) : '',
    details: details.map(({ code, target }) => ({
      code: String(code),
      ...(typeof target === 'string' && { target }),
    })),
    ...(typeof requestId === 'string' && { requestId }),
  };
}

/** Reads a refusal of Graph as an outcome: by status, code and details, by its text only where nothing else tells. `now` in epoch ms. */
export function refusalOf(reply: Reply, attempted: Attempted, now: number): Refusal {
  const { status, hints } = reply;
  const problem = problemOf(reply);
  const said = problem ? problem.message || problem.code : `HTTP ${status} without an explanation`;
  const told = { answer: answerOf(reply), ...(hints && { hints }) };
  const retry = retryLater(told, attempted.kind, now);

  if (status >= 300 && status < 400)
    return retry(
      'connection',
      'Microsoft Graph redirects, which is not followed: check its address in the settings.',
    );
  if (status === 429) return retry('connection', `Microsoft Graph asks to slow down: ${said}`);
  if (status === 401 || status === 403) {
    if (problem?.code === 'Directory_QuotaExceeded') return quotaExceeded(said, told);
    return {
      kind: 'denied',
      message: `Microsoft Graph refuses the app: ${said}`,
      remedy:
        status === 401
          ? 'Check the credentials of this connection, and that the cloud is the one the tenant is in.'
          : 'Give the app registration the application permissions User.ReadWrite.All and Group.ReadWrite.All, and grant admin consent.',
      ...told,
    };
  }
  if (status === 404 || status === 410) {
    if (attempted.object && problem) return { kind: 'not-found', message: said, ...told };
    return retry(
      'connection',
      `There is no Microsoft Graph at this address: ${said}. Check it in the settings.`,
    );
  }
  if (isConflict(status, problem)) return { kind: 'conflict', message: said, ...told };
  if (status === 503) return retry('connection', `Microsoft Graph is not available: ${said}`, true);
  if (status === 408 || status === 409 || status === 412 || status === 423) return retry('object', said);
  if (status >= 500 && status !== 501) return retry('object', `Microsoft Graph failed: ${said}`, true);
  if (problem?.code === 'Directory_QuotaExceeded') return quotaExceeded(said, told);

  const attribute = attributeIn(problem, attempted.attributes ?? []);
  const detail = problem?.details.find(({ code }) => code !== 'ConflictingObjects');
  return {
    kind: 'rejected',
    code: detail?.code ?? problem?.code ?? `http-${status}`,
    message: said,
    ...(attribute !== undefined && { attribute }),
    remedy: remedyFor(problem, attribute),
    ...told,
  };
}

/** What Graph answered, as one line for people; Microsoft's support asks for the request. */
export function answerOf(reply: Reply): string {
  const problem = problemOf(reply);
  if (!problem) return `HTTP ${reply.status}`;
  const request = problem.requestId === undefined ? '' : ` (request-id ${problem.requestId})`;
  return `HTTP ${reply.status} ${problem.code}${request}`;
}

const conflicts = new Set([
  'ObjectConflict',
  'ConflictingObjects',
  'Request_MultipleObjectsWithSameKeyValue',
]);

/** Mostly 400 with details; 409 by other codes is two writes at once. */
function isConflict(status: number, problem: GraphProblem | undefined): boolean {
  if (!problem) return false;
  if ([problem.code, ...problem.details.map(({ code }) => code)].some((code) => conflicts.has(code)))
    return true;
  return status === 409 && !/concurren/i.test(problem.code);
}

const quotaExceeded = (said: string, told: { answer: string }): Refusal => ({
  kind: 'rejected',
  code: 'quota-exceeded',
  message: said,
  remedy:
    'The tenant holds as many objects as it may: delete what is not needed, or ask Microsoft to raise the quota.',
  ...told,
});

/** The sent attribute that details or the text name. */
function attributeIn(problem: GraphProblem | undefined, attributes: string[]): string | undefined {
  const named = [
    ...(problem?.details.map(({ target }) => target) ?? []),
    /property '?(\w+)'?/i.exec(problem?.message ?? '')?.[1],
  ];
  for (const name of named) {
    if (name === undefined) continue;
    const found = attributes.find((each) => each === name || each.split('.').includes(name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function remedyFor(problem: GraphProblem | undefined, attribute: string | undefined): string {
  if (problem?.code === 'Request_UnsupportedQuery')
    return 'Microsoft Graph cannot search by this attribute: match by another.';
  if (attribute === 'userPrincipalName')
    return "A user principal name ends in a verified domain of the tenant, and has before the @ letters, digits and . - _ ' ! # ^ ~ only: no accents. Correct its mapping.";
  if (attribute === 'passwordProfile.password')
    return 'Map a password that meets the password policy of the tenant, or none: a random one is made.';
  if (attribute === 'usageLocation')
    return 'Map a country code of two capital letters (ISO 3166): GB, not UK.';
  if (attribute !== undefined)
    return `Correct the value of ${attribute} at its source, or change its mapping.`;
  return 'Compare the mapping with what Microsoft Entra accepts, then retry.';
}
