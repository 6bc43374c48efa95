import { foldCase } from '@rollcall/scim';
import type { Action } from '../plan/plan.js';
import { uuid } from '../work/uuid.js';

export const reportActions = ['create', 'update', 'deactivate', 'reactivate', 'delete', 'adopt'] as const;
export const reportStatuses = ['succeeded', 'failed', 'retrying', 'held', 'skipped'] as const;

export interface ReportFilter {
  /** Id of one operation. */
  operation?: string;
  /** Hub id or user name. */
  user?: string;
  /** Hub id or display name. */
  group?: string;
  /** Hub id or name. */
  connection?: string;
  action?: Action;
  status?: (typeof reportStatuses)[number];
  /** Operations that ended, or were last tried, then or later. */
  from?: Date;
  /** Operations that began before. */
  to?: Date;
}

/** The cursor cannot be read. */
export class UnknownCursor extends Error {}

/** Conditions on hub.operation `o`, parameter 1 being the tenant. */
export function conditionsOf(tenantId: string, filter: ReportFilter, cursor: string | undefined) {
  const values: unknown[] = [tenantId];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = ['o.tenant_id = $1'];
  if (filter.operation !== undefined) conditions.push(`o.id = ${parameter(filter.operation)}::uuid`);
  if (filter.user !== undefined) {
    conditions.push(
      uuid.test(filter.user)
        ? `o.subject_type = 'user' and o.subject_id = ${parameter(filter.user)}::uuid`
        : `o.subject_id in (select id from hub.directory_user
             where tenant_id = $1 and user_name_key = ${parameter(foldCase(filter.user))})`,
    );
  }
  if (filter.group !== undefined) {
    conditions.push(
      uuid.test(filter.group)
        ? `o.subject_type = 'group' and o.subject_id = ${parameter(filter.group)}::uuid`
        : `o.subject_id in (select id from hub.directory_group
             where tenant_id = $1 and display_name_key = ${parameter(foldCase(filter.group))})`,
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
  if (filter.from !== undefined) {
    const from = parameter(filter.from);
    // Few operations end later than they began: the oldest of them that reaches into the time bounds the search.
    conditions.push(`o.at >= ${from}::timestamptz and o.started_at >= least(${from}::timestamptz, (
      select min(r.started_at) from hub.operation r
      where r.tenant_id = $1 and r.at > r.started_at and r.at >= ${from}::timestamptz))`);
  }
  if (filter.to !== undefined) conditions.push(`o.started_at < ${parameter(filter.to)}`);
  if (cursor !== undefined) {
    const { at, id } = readCursor(cursor);
    conditions.push(`(o.started_at, o.id) < (${parameter(at)}::timestamptz, ${parameter(id)}::uuid)`);
  }
  return { conditions, values };
}

export function cursorOf(startedAt: string, id: string): string {
  return Buffer.from(`${startedAt} ${id}`).toString('base64url');
}

function readCursor(cursor: string): { at: string; id: string } {
  const [, at, id] = /^(.+) ([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (!at || !id || Number.isNaN(Date.parse(at)) || !uuid.test(id)) throw new UnknownCursor();
  return { at, id };
}
