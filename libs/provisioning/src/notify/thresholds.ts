import { Database } from '@rollcall/platform';
import { defaultThresholds } from './watch-causes.js';

export interface Thresholds {
  /** More dead letters than this at a connection open an alert. */
  deadLetters: number;
  /** Tokens and client secrets of sources are told of this many days before they end. */
  secretExpiryDays: number;
}

export async function readThresholds(database: Database, tenantId: string): Promise<Thresholds> {
  const [row] = await database.query<Thresholds>(
    `select dead_letters as "deadLetters", secret_expiry_days as "secretExpiryDays"
     from hub.notification_settings where tenant_id = $1`,
    [tenantId],
  );
  return row ?? defaultThresholds;
}

export async function changeThresholds(
  database: Database,
  tenantId: string,
  change: Partial<Thresholds>,
): Promise<Thresholds> {
  const next = { ...(await readThresholds(database, tenantId)), ...change };
  await database.query(
    `insert into hub.notification_settings (tenant_id, dead_letters, secret_expiry_days) values ($1, $2, $3)
     on conflict (tenant_id) do update set dead_letters = $2, secret_expiry_days = $3`,
    [tenantId, next.deadLetters, next.secretExpiryDays],
  );
  return next;
}
