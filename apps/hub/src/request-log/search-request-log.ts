import type { Database } from '@rollcall/platform';
import { validate as isUuid } from 'uuid';
import { firstIdAt, subjectKey } from './log-row.js';

export interface RequestLogFilter {
  /** Id or name. */
  source?: string;
  /** "failed", "succeeded" or a status such as "409". */
  status?: string;
  method?: string;
  /** Id or userName. */
  user?: string;
  /** Id or displayName. */
  group?: string;
  /** Id of either. */
  subject?: string;
  /** Text in what it meant, the address, or the answer's detail; or the request's id. */
  q?: string;
  from?: Date;
  to?: Date;
}

export interface RequestLogItem {
  id: string;
  at: Date;
  source: { id: string; name: string | null } | null;
  client: string | null;
  userAgent: string | null;
  method: string;
  path: string;
  meaning: string;
  subject: { type: 'user' | 'group'; id: string | null; display: string | null } | null;
  status: number;
  failed: boolean;
  scimType: string | null;
  detail: string | null;
  durationMs: number;
  eventCount: number;
  deviationCount: number;
}

export interface RequestLogEntry extends RequestLogItem {
  body: unknown;
  events: { type: string; position: number; subjectId: string }[];
  deviations: { path: string; detail: string }[];
}

export interface RequestLogPage {
  items: RequestLogItem[];
  nextCursor: string | null;
}

interface Row {
  id: string;
  at: Date;
  source_id: string | null;
  source_name: string | null;
  client: string | null;
  user_agent: string | null;
  method: string;
  path: string;
  meaning: string;
  subject_type: 'User' | 'Group' | null;
  subject_id: string | null;
  subject_display: string | null;
  status: number;
  failed: boolean;
  scim_type: string | null;
  detail: string | null;
  duration_ms: number;
  event_count: number;
  deviation_count: number;
}

const columns = `id, at, source_id, source_name, client, user_agent, method, path, meaning, subject_type, subject_id,
  subject_display, status, failed, scim_type, detail, duration_ms::float8 as duration_ms,
  coalesce(json_array_length(events), 0) as event_count,
  coalesce(json_array_length(deviations), 0) as deviation_count`;

/** Newest first. The cursor is the id of the last item of the page before. */
export async function searchRequestLog(
  database: Database,
  tenantId: string,
  filter: RequestLogFilter,
  { cursor, limit = 100 }: { cursor?: string; limit?: number } = {},
): Promise<RequestLogPage> {
  const values: unknown[] = [tenantId];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = conditionsOf(filter, cursor, parameter);
  const ways = subjectWays(filter, parameter);
  // Each way has an index of its own that is in the order asked for: so many rows of each are enough.
  const parts = (ways.length > 0 ? ways : ['true']).map(
    (way) =>
      `(select ${columns} from hub.request_log
        where ${['tenant_id = $1', ...conditions, way].join(' and ')} order by id desc limit ${limit + 1})`,
  );
  const rows = await database.query<Row>(
    `select * from (${parts.join(' union all ')}) found order by id desc`,
    values,
  );
  const found = rows.filter((row, at) => row.id !== rows[at - 1]?.id);
  const page = found.slice(0, limit);
  return { items: page.map(toItem), nextCursor: found.length > limit ? page.at(-1)!.id : null };
}

export async function readRequest(
  database: Database,
  tenantId: string,
  id: string,
): Promise<RequestLogEntry | undefined> {
  const [row] = await database.query<
    Row & {
      body: unknown;
      events: RequestLogEntry['events'] | null;
      deviations: RequestLogEntry['deviations'] | null;
    }
  >(`select ${columns}, body, events, deviations from hub.request_log where tenant_id = $1 and id = $2`, [
    tenantId,
    id,
  ]);
  return (
    row && { ...toItem(row), body: row.body, events: row.events ?? [], deviations: row.deviations ?? [] }
  );
}

type Parameter = (value: unknown) => string;

function conditionsOf(filter: RequestLogFilter, cursor: string | undefined, parameter: Parameter): string[] {
  const { source, status, method, q, from, to } = filter;
  const conditions: string[] = [];
  if (source !== undefined) {
    conditions.push(
      isUuid(source)
        ? `source_id = ${parameter(source)}::uuid`
        : `source_id in (select s.id from hub.source s
             where s.tenant_id = $1 and lower(s.name) = lower(${parameter(source)}))`,
    );
  }
  if (status === 'failed') conditions.push('failed');
  else if (status === 'succeeded') conditions.push('not failed');
  else if (status !== undefined) {
    // Says to the planner that the index of the failed ones will do.
    if (Number(status) >= 400) conditions.push('failed');
    conditions.push(`status = ${parameter(Number(status))}`);
  }
  if (method !== undefined) conditions.push(`method = ${parameter(method.toUpperCase())}`);
  if (q !== undefined) conditions.push(textCondition(q, parameter));
  if (from !== undefined) conditions.push(`id >= ${parameter(firstIdAt(from))}::uuid`);
  if (to !== undefined) conditions.push(`id < ${parameter(firstIdAt(to))}::uuid`);
  if (cursor !== undefined) conditions.push(`id < ${parameter(cursor)}::uuid`);
  return conditions;
}

function textCondition(q: string, parameter: Parameter): string {
  const pattern = parameter(`%${q.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
  const inText = ['meaning', 'path', 'detail'].map((column) => `${column} ilike ${pattern}`);
  return `(${[...inText, ...(isUuid(q) ? [`id = ${parameter(q)}::uuid`] : [])].join(' or ')})`;
}

function subjectWays({ user, group, subject }: RequestLogFilter, parameter: Parameter): string[] {
  if (subject !== undefined) return idWays(parameter(subject));
  const [type, asked] = user !== undefined ? ['User', user] : ['Group', group];
  if (asked === undefined) return [];
  if (isUuid(asked)) return idWays(parameter(asked));
  const key = parameter(subjectKey(asked));
  const [table, column] =
    type === 'User' ? ['directory_user', 'user_name_key'] : ['directory_group', 'display_name_key'];
  return [
    `subject_type = '${type}' and subject_key = ${key}`,
    `subject_id in (select d.id from hub.${table} d where d.tenant_id = $1 and d.${column} = ${key})`,
  ];
}

const idWays = (id: string) => [`subject_id = ${id}::uuid`, `others @> array[${id}::uuid]`];

function toItem(row: Row): RequestLogItem {
  return {
    id: row.id,
    at: row.at,
    source: row.source_id === null ? null : { id: row.source_id, name: row.source_name },
    client: row.client,
    userAgent: row.user_agent,
    method: row.method,
    path: row.path,
    meaning: row.meaning,
    subject:
      row.subject_type === null
        ? null
        : {
            type: row.subject_type === 'User' ? 'user' : 'group',
            id: row.subject_id,
            display: row.subject_display,
          },
    status: row.status,
    failed: row.failed,
    scimType: row.scim_type,
    detail: row.detail,
    durationMs: row.duration_ms,
    eventCount: row.event_count,
    deviationCount: row.deviation_count,
  };
}
