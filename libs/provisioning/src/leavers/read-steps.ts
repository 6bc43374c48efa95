import { Database } from '@rollcall/platform';
import { defaultPolicy } from '../plan/policy.js';

export const stepStates = ['scheduled', 'held', 'denied', 'cancelled'] as const;

/** The deletion of a leaver's account, which comes when the grace time is over. */
export interface ScheduledStep {
  /** Connection and user. */
  id: string;
  user: { id: string; display: string | null };
  connection: { id: string; name: string };
  action: 'delete';
  /** Not before. */
  at: Date;
  because: 'deleted-at-source' | 'out-of-scope';
  /** held, denied: stopped by the guard. cancelled: the account stays, deactivated. */
  state: (typeof stepStates)[number];
  cancelled: { at: Date; by: string; note: string | null } | null;
}

export interface StepPage {
  items: ScheduledStep[];
  nextCursor: string | null;
}

export interface StepFilter {
  connectionId?: string;
  userId?: string;
  state?: ScheduledStep['state'];
}

/** The cursor cannot be read. */
export class UnknownStepCursor extends Error {}

export const stepId = (connectionId: string, userId: string): string => `${connectionId}.${userId}`;

/** Soonest first. */
export async function listSteps(
  database: Database,
  tenantId: string,
  { connectionId, userId, state }: StepFilter,
  { cursor, limit = 100 }: { cursor?: string; limit?: number } = {},
): Promise<StepPage> {
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const rows = await database.query<Row>(
    `select * from (${steps} and ($2::uuid is null or t.connection_id = $2) and ($3::uuid is null or t.subject_id = $3)) s
     where ($4::text is null or s.state = $4)
       and ($5::timestamptz is null or (s.at, s.id) > ($5::timestamptz, $6::text))
     order by s.at, s.id limit $7`,
    [
      tenantId,
      connectionId ?? null,
      userId ?? null,
      state ?? null,
      after?.at ?? null,
      after?.id ?? null,
      limit + 1,
    ],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toStep),
    nextCursor:
      last && rows.length > limit ? Buffer.from(`${last.exactly} ${last.id}`).toString('base64url') : null,
  };
}

/** Undefined: nothing is planned there. */
export async function readStep(
  database: Database,
  tenantId: string,
  connectionId: string,
  userId: string,
): Promise<ScheduledStep | undefined> {
  const [row] = await database.query<Row>(`${steps} and t.connection_id = $2 and t.subject_id = $3`, [
    tenantId,
    connectionId,
    userId,
  ]);
  return row && toStep(row);
}

interface Row extends Omit<ScheduledStep, 'user' | 'connection' | 'action' | 'cancelled'> {
  exactly: string;
  userId: string;
  display: string | null;
  connectionId: string;
  connectionName: string;
  kept: { at: string; by: string; note: string | null } | null;
}

/** SQL: when the grace time of a target object `t` of connection `c` is over. */
export const deletedAt = `t.leaving_since + interval '1 hour'
  * coalesce((c.policy->'users'->>'deleteAfterHours')::float8, ${defaultPolicy.users.deleteAfterHours})`;

const steps = `select t.connection_id || '.' || t.subject_id as id, t.subject_id as "userId", u.user_name as display,
    c.id as "connectionId", c.name as "connectionName", t.kept, ${deletedAt} as at, (${deletedAt})::text as exactly,
    case when u.id is null or u.deleted_at is not null then 'deleted-at-source' else 'out-of-scope' end as because,
    case when t.kept is not null then 'cancelled' when w.state in ('held', 'denied') then w.state
      else 'scheduled' end as state
  from hub.target_object t
  join hub.connection c on c.tenant_id = t.tenant_id and c.id = t.connection_id
  left join hub.directory_user u on u.tenant_id = t.tenant_id and u.id = t.subject_id
  left join hub.work_item w on w.tenant_id = t.tenant_id and w.connection_id = t.connection_id
    and w.subject_id = t.subject_id
  where t.tenant_id = $1 and t.subject_type = 'user' and t.leaving_since is not null
    and t.state in ('active', 'inactive')`;

function toStep({
  id,
  userId,
  display,
  connectionId,
  connectionName,
  at,
  because,
  state,
  kept,
}: Row): ScheduledStep {
  return {
    id,
    user: { id: userId, display },
    connection: { id: connectionId, name: connectionName },
    action: 'delete',
    at,
    because,
    state,
    cancelled: kept && { ...kept, at: new Date(kept.at) },
  };
}

function readCursor(cursor: string): { at: string; id: string } {
  const [, at, id] =
    /^(.+) ([0-9a-f-]{36}\.[0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (!at || !id || Number.isNaN(Date.parse(at))) throw new UnknownStepCursor();
  return { at, id };
}
