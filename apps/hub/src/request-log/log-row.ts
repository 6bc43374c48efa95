import { foldCase, type Warning } from '@rollcall/scim';
import { validate as isUuid } from 'uuid';
import type { AnsweredRequest } from './answered-request.js';
import { tell } from './meaning.js';
import { redactBody, redactText, type Visibility, withoutSecrets } from './redact.js';
import type { RequestTrace } from './request-trace.js';

/** One line of the request log, as it is written. */
export interface LogRow {
  tenant_id: string;
  /** A UUID of version 7: its time is when the request came. */
  id: string;
  at: string;
  source_id: string | null;
  client: string | null;
  user_agent: string | null;
  method: string;
  path: string;
  meaning: string;
  subject_type: 'User' | 'Group' | null;
  subject_id: string | null;
  subject_display: string | null;
  subject_key: string | null;
  others: string[] | null;
  status: number;
  failed: boolean;
  scim_type: string | null;
  detail: string | null;
  duration_ms: number;
  body: unknown;
  events: { type: string; position: number; subjectId: string }[] | null;
  deviations: Warning[] | null;
}

/** What the web server knows of a request when it has been answered. */
export interface Answered extends Omit<AnsweredRequest, 'trace'> {
  id: string;
  userAgent: string | undefined;
  durationMs: number;
  /** False when the client had closed the connection before the answer. */
  delivered: boolean;
  trace: RequestTrace;
}

export interface LogSource {
  tenantId: string;
  sourceId: string | null;
  client: string | null;
}

const gone = ' (the client was gone before the answer)';
const longestPath = 1_000;
const longestAgent = 200;
const longestDetail = 4_000;
const longestKey = 200;
const mostFailuresTold = 20;

export function toLogRow(answered: Answered, source: LogSource, visibility: Visibility): LogRow {
  const { id, trace, status, userAgent, delivered } = answered;
  const redacted = redactBody(answered.body, visibility);
  const path = redactText(readablePath(answered), visibility);
  const secrets = [...redacted.secrets, ...path.secrets];
  const hide = (text: string) => (secrets.length > 0 ? withoutSecrets(text, secrets) : text);
  const { meaning, subject, others } = tell(answered);
  // Each field by name: spreading this many, once a request, takes five times as long as all the rest.
  return {
    tenant_id: source.tenantId,
    id,
    at: timeOf(id).toISOString(),
    source_id: source.sourceId,
    client: source.client,
    user_agent: userAgent?.slice(0, longestAgent) || null,
    method: answered.method,
    path: path.text,
    meaning: hide(`${status === 401 ? 'not let in: ' : ''}${meaning}${delivered ? '' : gone}`),
    subject_type: subject?.type ?? null,
    subject_id: subject?.id !== undefined && isUuid(subject.id) ? subject.id : null,
    subject_display: subject?.display?.slice(0, longestPath) ?? null,
    subject_key: subject?.display ? subjectKey(subject.display) : null,
    others: others.length > 0 ? others : null,
    status,
    failed: status >= 400 || !delivered || (trace.bulk?.failures.length ?? 0) > 0,
    scim_type: trace.failure?.scimType ?? null,
    detail: detailOf(trace, hide),
    duration_ms: Math.round(answered.durationMs * 100) / 100,
    body: redacted.body ?? null,
    events: eventsOf(trace),
    deviations: deviationsOf(trace, hide),
  };
}

/** Of a request that nobody was let in for: nothing that it says about anybody. */
export function toRefusedRow(answered: Answered, tenantId: string, visibility: Visibility): LogRow {
  const unheard = { ...answered, query: {}, body: undefined };
  const row = toLogRow(unheard, { tenantId, sourceId: null, client: null }, visibility);
  return {
    ...row,
    // An id in an address may be a name.
    path: `/${row.path.split('/')[1] ?? ''}`,
    meaning: 'call without a valid token: not let in',
    subject_type: null,
    subject_id: null,
    subject_display: null,
    subject_key: null,
    others: null,
  };
}

/** The key under which a display name is looked for. */
export function subjectKey(display: string): string {
  return foldCase(display).slice(0, longestKey);
}

function detailOf({ failure, bulk }: RequestTrace, hide: (text: string) => string): string | null {
  if (failure) return hide(failure.detail).slice(0, longestDetail);
  if (!bulk || bulk.failures.length === 0) return null;
  const told = bulk.failures.slice(0, mostFailuresTold).map(({ at, error }) => {
    const scimType = error.scimType ? ` ${error.scimType}` : '';
    return `Operation ${at}: ${error.status}${scimType}: ${error.detail}`;
  });
  const more = bulk.failures.length - told.length;
  if (more > 0) told.push(`… and ${more} more.`);
  return hide(told.join('\n')).slice(0, longestDetail);
}

function eventsOf({ changes }: RequestTrace): LogRow['events'] {
  const events = changes.flatMap((change) => {
    const subjectId = change.type === 'User' ? change.user.id : change.group.id;
    return change.events.map(({ type, position }) => ({ type, position, subjectId }));
  });
  return events.length > 0 ? events : null;
}

function deviationsOf({ warnings }: RequestTrace, hide: (text: string) => string): Warning[] | null {
  if (warnings.length === 0) return null;
  return warnings.map(({ path, detail }) => ({ path: hide(path), detail: hide(detail) }));
}

const knownParameters = new Set(
  ['filter', 'sortBy', 'sortOrder', 'startIndex', 'count', 'cursor', 'attributes', 'excludedAttributes'].map(
    (name) => name.toLowerCase(),
  ),
);

/** The query decoded, for people. Parameters that SCIM does not have might hold anything: only their names. */
function readablePath({ path, query }: Answered): string {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => {
      const text = String(one);
      if (text === '') return name;
      if (!knownParameters.has(name.toLowerCase())) return `${name}=(not kept)`;
      return `${name}=${name.toLowerCase() === 'cursor' ? `${text.slice(0, 12)}…` : text}`;
    }),
  );
  const whole = parameters.length > 0 ? `${path}?${parameters.join('&')}` : path;
  return whole.length > longestPath ? `${whole.slice(0, longestPath)}…` : whole;
}

/** When a UUID of version 7 was made, to the millisecond (RFC 9562 section 5.7). */
export function timeOf(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** The smallest UUID of version 7 of that moment. */
export function firstIdAt(at: Date): string {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, '0').slice(-12);
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
