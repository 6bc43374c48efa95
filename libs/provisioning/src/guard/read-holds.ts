import type { SubjectType } from '@rollcall/connectors';
import { Database } from '@rollcall/platform';
import type { HoldCause } from './connection.events.js';
import type { GuardedAction } from './guard.decide.js';

export const holdStates = ['open', 'allowed', 'partly-allowed', 'denied', 'withdrawn'] as const;
export const holdItemStates = ['held', 'allowed', 'denied', 'withdrawn', 'done'] as const;

/** Operations of one action at one connection that wait, or waited, for a person. */
export interface Hold {
  id: string;
  connection: { id: string; name: string };
  action: GuardedAction;
  subjectType: SubjectType;
  state: (typeof holdStates)[number];
  openedAt: Date;
  closedAt: Date | null;
  cause: HoldCause;
  /** What was done within the window and what was due when the limit was met, and the limit. */
  threshold: {
    passed: number;
    planned: number;
    live: number;
    above: number;
    abovePercent: number;
    withinMinutes: number;
  };
  counts: Record<(typeof holdItemStates)[number], number>;
}

export interface HoldItem {
  subject: { type: SubjectType; id: string; display: string | null };
  state: (typeof holdItemStates)[number];
  reason: string;
  /** Names of what would be changed; the values are in the operation. */
  attributes: string[];
  operationId: string;
  heldAt: Date;
  decidedAt: Date | null;
  decidedBy: string | null;
  note: string | null;
}

export interface Paged<T> {
  items: T[];
  nextCursor: string | null;
}

interface Row extends Omit<Hold, 'connection' | 'counts'> {
  connectionId: string;
  connectionName: string;
  counts: Partial<Hold['counts']> | null;
}

/** Newest first. @param cursor id of the last one of the page before */
export async function listHolds(
  database: Database,
  tenantId: string,
  filter: { connectionId?: string; state?: Hold['state'] },
  { cursor, limit = 100 }: { cursor?: string; limit?: number } = {},
): Promise<Paged<Hold>> {
  const rows = await database.query<Row>(
    `${selectHolds}
     where h.tenant_id = $1 and ($2::uuid is null or h.connection_id = $2) and ($3::text is null or h.state = $3)
       and ($4::uuid is null or (h.opened_at, h.id) < (
         select c.opened_at, c.id from hub.hold c where c.tenant_id = $1 and c.id = $4))
     order by h.opened_at desc, h.id desc limit $5`,
    [tenantId, filter.connectionId ?? null, filter.state ?? null, cursor ?? null, limit + 1],
  );
  return page(rows.map(toHold), limit, ({ id }) => id);
}

/** Undefined: the tenant has no such change set. */
export async function readHold(database: Database, tenantId: string, id: string): Promise<Hold | undefined> {
  const [row] = await database.query<Row>(`${selectHolds} where h.tenant_id = $1 and h.id = $2`, [
    tenantId,
    id,
  ]);
  return row && toHold(row);
}

/** @param cursor subject id of the last one of the page before */
export async function listHoldItems(
  database: Database,
  tenantId: string,
  holdId: string,
  { cursor, limit = 100, state }: { cursor?: string; limit?: number; state?: HoldItem['state'] } = {},
): Promise<Paged<HoldItem>> {
  const rows = await database.query<
    Omit<HoldItem, 'subject'> & { type: SubjectType; id: string; display: string | null }
  >(
    `select h.subject_type as type, i.subject_id as id, coalesce(u.user_name, g.display_name) as display, i.state,
       i.reason, i.attributes, i.operation_id as "operationId", i.held_at as "heldAt", i.decided_at as "decidedAt",
       i.decided_by as "decidedBy", i.note
     from hub.hold_item i
     join hub.hold h on h.tenant_id = i.tenant_id and h.id = i.hold_id
     left join hub.directory_user u on u.tenant_id = i.tenant_id and u.id = i.subject_id
     left join hub.directory_group g on g.tenant_id = i.tenant_id and g.id = i.subject_id
     where i.tenant_id = $1 and i.hold_id = $2 and ($3::uuid is null or i.subject_id > $3)
       and ($4::text is null or i.state = $4)
     order by i.subject_id limit $5`,
    [tenantId, holdId, cursor ?? null, state ?? null, limit + 1],
  );
  const items = rows.map(({ type, id, display, ...item }) => ({ subject: { type, id, display }, ...item }));
  return page(items, limit, ({ subject }) => subject.id);
}

const selectHolds = `select h.id, h.connection_id as "connectionId", c.name as "connectionName", h.action,
    h.subject_type as "subjectType", h.state, h.opened_at as "openedAt", h.closed_at as "closedAt", h.cause,
    h.threshold, (select jsonb_object_agg(state, count) from (
      select i.state, count(*) as count from hub.hold_item i
      where i.tenant_id = h.tenant_id and i.hold_id = h.id group by i.state) counted) as counts
  from hub.hold h join hub.connection c on c.tenant_id = h.tenant_id and c.id = h.connection_id`;

function toHold({ connectionId, connectionName, counts, ...row }: Row): Hold {
  const { id, ...rest } = row;
  return {
    id,
    connection: { id: connectionId, name: connectionName },
    ...rest,
    counts: { held: 0, allowed: 0, denied: 0, withdrawn: 0, done: 0, ...counts },
  };
}

function page<T>(rows: T[], limit: number, cursorOf: (item: T) => string): Paged<T> {
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? cursorOf(items.at(-1)!) : null };
}
