import { Database } from '@rollcall/platform';
import type { Action } from '../plan/plan.js';
import type { OperationError } from './operation.events.js';
import { conditionsOf, cursorOf, type ReportFilter, type reportStatuses } from './report-conditions.js';

/**
 * One operation as it stands after its last attempt. They are listed in the order in which they began, newest
 * first: that order never changes, so pages stay true while attempts come in.
 */
export interface ReportItem {
  id: string;
  at: Date;
  startedAt: Date;
  connection: { id: string; name: string | null };
  subject: { type: 'user' | 'group'; id: string; display: string | null };
  action: Action;
  status: (typeof reportStatuses)[number];
  attempts: number;
  /** Position of the event that made it necessary; 0 when the connection was enabled or changed. */
  cause: number;
  configVersion: number;
  /** Names of the attributes that were, or were to be, changed. */
  attributes: string[];
  membersAdded: number;
  membersRemoved: number;
  reason: string | null;
  remoteId: string | null;
  answer: string | null;
  error?: OperationError;
  nextAttemptAt?: Date;
  durationMs: number;
}

export interface ReportPage {
  items: ReportItem[];
  nextCursor: string | null;
}

interface Row extends Omit<ReportItem, 'connection' | 'subject' | 'error' | 'nextAttemptAt'> {
  connectionId: string;
  connectionName: string | null;
  subjectType: 'user' | 'group';
  subjectId: string;
  display: string | null;
  error: OperationError | null;
  nextAttemptAt: Date | null;
  cursorAt: string;
}

export async function readReport(
  database: Database,
  tenantId: string,
  filter: ReportFilter,
  { cursor, limit = 100 }: { cursor?: string; limit?: number } = {},
): Promise<ReportPage> {
  const { conditions, values } = conditionsOf(tenantId, filter, cursor);
  const rows = await database.query<Row>(
    `select o.id, o.at, o.started_at::text as "cursorAt", o.started_at as "startedAt", o.connection_id as "connectionId",
       c.name as "connectionName", o.subject_type as "subjectType", o.subject_id as "subjectId",
       coalesce(u.user_name, g.display_name) as display, o.action, o.status, o.attempts,
       o.cause::float8 as cause, o.config_version as "configVersion", o.attributes,
       o.members_added as "membersAdded", o.members_removed as "membersRemoved", o.reason,
       o.remote_id as "remoteId", o.answer, o.error, o.next_attempt_at as "nextAttemptAt",
       o.duration_ms as "durationMs"
     from (select * from hub.operation o where ${conditions.join(' and ')}
           order by o.started_at desc, o.id desc limit ${limit + 1}) o
     left join hub.connection c on c.tenant_id = o.tenant_id and c.id = o.connection_id
     left join hub.directory_user u on u.tenant_id = o.tenant_id and u.id = o.subject_id
     left join hub.directory_group g on g.tenant_id = o.tenant_id and g.id = o.subject_id
     order by o.started_at desc, o.id desc`,
    values,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toItem),
    nextCursor: last && rows.length > limit ? cursorOf(last.cursorAt, last.id) : null,
  };
}

/** Every item of the report, read page by page: a million rows take no more memory than a thousand. */
export async function* wholeReport(
  database: Database,
  tenantId: string,
  filter: ReportFilter,
): AsyncGenerator<ReportItem[]> {
  let cursor: string | null | undefined;
  do {
    const page: ReportPage = await readReport(database, tenantId, filter, {
      cursor: cursor ?? undefined,
      limit: 1_000,
    });
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

function toItem(row: Row): ReportItem {
  const {
    connectionId,
    connectionName,
    subjectType,
    subjectId,
    display,
    error,
    nextAttemptAt,
    cursorAt: _,
    ...rest
  } = row;
  return {
    ...rest,
    connection: { id: connectionId, name: connectionName },
    subject: { type: subjectType, id: subjectId, display },
    ...(error && { error }),
    ...(nextAttemptAt && row.status === 'retrying' && { nextAttemptAt }),
  };
}
