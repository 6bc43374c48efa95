import { Database } from '@rollcall/platform';
import type { ClientBase } from 'pg';
import { v7 as uuid } from 'uuid';
import type { Alert, AlertCause, AlertKind } from './alert-kinds.js';

/** Opens an alert unless one is open for the cause, together with what is to be sent of it. */
export async function openAlert(client: ClientBase, tenantId: string, alert: AlertCause): Promise<boolean> {
  const { kind, cause, connectionId, summary, remedy, details } = alert;
  const id = uuid();
  const { rowCount } = await client.query(
    `insert into hub.alert (tenant_id, id, kind, cause, connection_id, summary, remedy, details)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (tenant_id, cause) where closed_at is null do nothing`,
    [tenantId, id, kind, cause, connectionId, summary, remedy, JSON.stringify(details)],
  );
  if (rowCount === 0) return false;
  await client.query(
    `insert into hub.alert_delivery (tenant_id, id, alert_id, channel_id, phase)
     select $1, gen_random_uuid(), $2, id, 'opened' from hub.notification_channel
     where tenant_id = $1 and enabled and $3 = any(events)`,
    [tenantId, id, kind],
  );
  return true;
}

/** Closes the alert of a cause; whoever was told of it is told that it is over. */
export async function closeAlert(client: ClientBase, tenantId: string, cause: string): Promise<boolean> {
  const { rows } = await client.query<{ id: string }>(
    `update hub.alert set closed_at = now() where tenant_id = $1 and cause = $2 and closed_at is null returning id`,
    [tenantId, cause],
  );
  if (!rows[0]) return false;
  await client.query(
    `insert into hub.alert_delivery (tenant_id, id, alert_id, channel_id, phase)
     select $1, gen_random_uuid(), $2, c.id, 'closed' from hub.notification_channel c
     where c.tenant_id = $1 and c.enabled and exists (select from hub.alert_delivery d
       where d.tenant_id = $1 and d.alert_id = $2 and d.channel_id = c.id and d.phase = 'opened')`,
    [tenantId, rows[0].id],
  );
  return true;
}

export interface AlertDelivery {
  id: string;
  channel: { id: string; name: string | null };
  phase: 'opened' | 'closed';
  state: 'pending' | 'sent' | 'failed';
  attempts: number;
  nextAttemptAt: Date | null;
  sentAt: Date | null;
  error: string | null;
}

export interface AlertView extends Alert {
  deliveries: AlertDelivery[];
}

export interface AlertQuery {
  state?: 'open' | 'closed';
  kind?: AlertKind;
  connection?: string;
  cursor?: string;
  limit?: number;
}

/** Newest first; with whom was told, and what came of it. */
export async function listAlerts(
  database: Database,
  tenantId: string,
  { state, kind, connection, cursor, limit = 50 }: AlertQuery,
): Promise<{ items: AlertView[]; nextCursor: string | null }> {
  const rows = await database.query<AlertView>(
    `select a.id, a.kind, a.cause, a.connection_id as "connectionId", a.summary, a.remedy, a.details,
       a.opened_at as "openedAt", a.closed_at as "closedAt", coalesce((
         select jsonb_agg(jsonb_build_object('id', d.id, 'channel', jsonb_build_object('id', d.channel_id, 'name', c.name),
           'phase', d.phase, 'state', d.state, 'attempts', d.attempts,
           'nextAttemptAt', case when d.state = 'pending' then d.next_at end, 'sentAt', d.sent_at,
           'error', d.last_error) order by d.created_at, d.id)
         from hub.alert_delivery d
         left join hub.notification_channel c on c.tenant_id = d.tenant_id and c.id = d.channel_id
         where d.tenant_id = a.tenant_id and d.alert_id = a.id), '[]') as deliveries
     from hub.alert a
     where a.tenant_id = $1 and ($2::text is null or (a.closed_at is null) = ($2 = 'open'))
       and ($3::text is null or a.kind = $3) and ($4::uuid is null or a.connection_id = $4)
       and ($5::uuid is null or a.id < $5)
     order by a.id desc limit $6`,
    [tenantId, state ?? null, kind ?? null, connection ?? null, cursor ?? null, limit + 1],
  );
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
}
