import { Database } from '@rollcall/platform';
import { foldCase } from '@rollcall/scim';
import type { Action } from '../plan/plan.js';
import { uuid } from '../work/uuid.js';
import type { OperationError } from './operation.events.js';

export const reportActions = ['create', 'update', 'deactivate', 'reactivate', 'delete', 'adopt'] as const;
export const reportStatuses = ['succeeded', 'failed', 'retrying', 'held', 'skipped'] as const;

export interface ReportFilter {
  /** Hub id or user name. */
  user?: string;
  /** Hub id or name. */
  connection?: string;
  action?: Action;
  status?: (typeof reportStatuses)[number];
  from?: Date;
  to?: Date;
}

/** One operation, newest first, as it stands after its last attempt. */
export interface ReportItem {
  id: string;
  at: Date;
  startedAt: Date;
  connection: { id: string; name: string | null };
  subject: { type: 'user' | 'group'; id: string; display: string | null };
  action: Action;
  status: (typeof reportStatuses)[number];
  attempts: number;
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

/** The cursor cannot be read. */
export class UnknownCursor extends Error {}

export async function readReport(
  database: Database,
  tenantId: string,
  filter: ReportFilter,
  { cursor, limit = 100 }: { cursor?: string; limit?: number } = {},
): Promise<ReportPage> {
  const { conditions, values } = conditionsOf(tenantId, filter, cursor);
  const rows = await database.query<Row>(
    `select o.id, o.at, o.at::text as "cursorAt", o.started_at as "startedAt", o.connection_id as "connectionId",
       c.name as "connectionName", o.subject_type as "subjectType", o.subject_id as "subjectId",
       coalesce(u.user_name, g.display_name) as display, o.action, o.status, o.attempts, o.attributes,
       o.members_added as "membersAdded", o.members_removed as "membersRemoved", o.reason,
       o.remote_id as "remoteId", o.answer, o.error, o.next_attempt_at as "nextAttemptAt",
       o.duration_ms as "durationMs"
     from (select * from hub.operation o where ${conditions.join(' and ')}
           order by o.at desc, o.id desc limit ${limit + 1}) o
     left join hub.connection c on c.tenant_id = o.tenant_id and c.id = o.connection_id
     left join hub.directory_user u on u.tenant_id = o.tenant_id and u.id = o.subject_id
     left join hub.directory_group g on g.tenant_id = o.tenant_id and g.id = o.subject_id
     order by o.at desc, o.id desc`,
    values,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toItem),
    nextCursor: last && rows.length > limit ? cursorOf(last.cursorAt, last.id) : null,
  };
}

/** Every item of the report, read page by page. */
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

function conditionsOf(tenantId: string, filter: ReportFilter, cursor: string | undefined) {
  const values: unknown[] = [tenantId];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = ['o.tenant_id = $1'];
  if (filter.user !== undefined) {
    conditions.push(
      uuid.test(filter.user)
        ? `o.subject_type = 'user' and o.subject_id = ${parameter(filter.user)}::uuid`
        : `o.subject_id in (select id from hub.directory_user
             where tenant_id = $1 and user_name_key = ${parameter(foldCase(filter.user))})`,
    );
  }
  if (filter.connection !== undefined) {
    conditions.push(
      uuid.test(filter.connection)
        ? `o.connection_id = ${parameter(filter.connection)}::uuid`
        : `o.connection_id in (select id from hub.connection
             where tenant_id = $1 and lower(name) = lower(${parameter(filter.connection)}))`,
    );
  }
  if (filter.action !== undefined) conditions.push(`o.action = ${parameter(filter.action)}`);
  if (filter.status !== undefined) conditions.push(`o.status = ${parameter(filter.status)}`);
  if (filter.from !== undefined) conditions.push(`o.at >= ${parameter(filter.from)}`);
  if (filter.to !== undefined) conditions.push(`o.at < ${parameter(filter.to)}`);
  if (cursor !== undefined) {
    const { at, id } = readCursor(cursor);
    conditions.push(`(o.at, o.id) < (${parameter(at)}::timestamptz, ${parameter(id)}::uuid)`);
  }
  return { conditions, values };
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

function cursorOf(at: string, id: string): string {
  return Buffer.from(`${at} ${id}`).toString('base64url');
}

function readCursor(cursor: string): { at: string; id: string } {
  const [, at, id] = /^(.+) ([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (!at || !id || Number.isNaN(Date.parse(at))) throw new UnknownCursor();
  return { at, id };
}
