import { Database } from '@rollcall/platform';
import type { AlertCause } from './alert-kinds.js';
import { closeAlert, openAlert } from './alerts.js';
import { deadLettersAlert, holdAlert, parkedAlert, quarantineAlert, secretAlert } from './causes.js';

export const defaultThresholds = { deadLetters: 10, secretExpiryDays: 14 };

type OfTenant<T> = T & { tenantId: string };

/**
 * Opens an alert for whatever needs one as things stand, and closes those that are over. What the log tells at once
 * (quarantine, holds) is here as well, so that nothing is missed.
 */
export async function watchCauses(database: Database): Promise<void> {
  const wanted = await causesNow(database);
  const open = await database.query<{ tenantId: string; cause: string }>(
    'select tenant_id as "tenantId", cause from hub.alert where closed_at is null',
  );
  const key = ({ tenantId, cause }: { tenantId: string; cause: string }) => `${tenantId}/${cause}`;
  const isOpen = new Set(open.map(key));
  const isWanted = new Set(wanted.map(key));
  for (const { tenantId, ...alert } of wanted) {
    if (isOpen.has(key({ tenantId, cause: alert.cause }))) continue;
    await database.transaction((client) => openAlert(client, tenantId, alert));
  }
  for (const { tenantId, cause } of open) {
    if (isWanted.has(key({ tenantId, cause }))) continue;
    await database.transaction((client) => closeAlert(client, tenantId, cause));
  }
}

async function causesNow(database: Database): Promise<OfTenant<AlertCause>[]> {
  const [quarantines, holds, deadLetters, secrets, parked] = await Promise.all([
    database.query<OfTenant<{ connectionId: string; name: string; reason: string }>>(
      `select tenant_id as "tenantId", id as "connectionId", name, coalesce(state_reason, '') as reason
       from hub.connection where state = 'quarantined'`,
    ),
    database.query<
      OfTenant<{
        holdId: string;
        connectionId: string;
        name: string;
        action: string;
        subjectType: string;
        count: number;
      }>
    >(
      `select h.tenant_id as "tenantId", h.id as "holdId", h.connection_id as "connectionId", c.name, h.action,
         h.subject_type as "subjectType", (select count(*)::int from hub.hold_item i
           where i.tenant_id = h.tenant_id and i.hold_id = h.id and i.state = 'held') as count
       from hub.hold h join hub.connection c on c.tenant_id = h.tenant_id and c.id = h.connection_id
       where h.state = 'open'`,
    ),
    database.query<OfTenant<{ connectionId: string; name: string; count: number; threshold: number }>>(
      `select c.tenant_id as "tenantId", c.id as "connectionId", c.name, d.count, d.threshold
       from hub.connection c
       left join hub.notification_settings s on s.tenant_id = c.tenant_id,
       lateral (select count(*)::int as count, coalesce(s.dead_letters, ${defaultThresholds.deadLetters}) as threshold
         from hub.work_item w where w.tenant_id = c.tenant_id and w.connection_id = c.id and w.state = 'dead') d
       where d.count > d.threshold`,
    ),
    database.query<
      OfTenant<{
        id: string;
        what: 'token' | 'client secret';
        source: string;
        sourceId: string;
        expiresAt: Date;
      }>
    >(
      `select t.tenant_id as "tenantId", t.id, t.what, s.name as source, s.id as "sourceId", t.expires_at as "expiresAt"
       from (select tenant_id, source_id, id, expires_at, 'token' as what from hub.source_token
             union all
             select tenant_id, source_id, id, expires_at, 'client secret' from hub.source_secret) t
       join hub.source s on s.tenant_id = t.tenant_id and s.id = t.source_id
       left join hub.notification_settings n on n.tenant_id = t.tenant_id
       where t.expires_at < now()
         + coalesce(n.secret_expiry_days, ${defaultThresholds.secretExpiryDays}) * interval '1 day'`,
    ),
    database.query<OfTenant<{ subscriber: string; count: number }>>(
      `select tenant_id as "tenantId", subscriber, count(*)::int as count from hub.parked_stream group by 1, 2`,
    ),
  ]);
  return [
    ...quarantines.map((row) => ({ tenantId: row.tenantId, ...quarantineAlert({ ...row, kind: null }) })),
    ...holds.map((row) => ({ tenantId: row.tenantId, ...holdAlert(row) })),
    ...deadLetters.map((row) => ({ tenantId: row.tenantId, ...deadLettersAlert(row) })),
    ...secrets.map((row) => ({ tenantId: row.tenantId, ...secretAlert(row) })),
    ...parked.map((row) => ({ tenantId: row.tenantId, ...parkedAlert(row) })),
  ];
}
