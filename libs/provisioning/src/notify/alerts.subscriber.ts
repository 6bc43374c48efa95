import type { RecordedEvent, Subscriber } from '@rollcall/event-store';
import type { PoolClient } from 'pg';
import { connectionStream, type HoldOpened } from '../guard/connection.events.js';
import { closeAlert, openAlert } from './alerts.js';
import { holdAlert, quarantineAlert } from './causes.js';

/** Derives alerts from what becomes of connections, in the order in which it was recorded. */
export const alertsSubscriber: Subscriber = {
  name: 'alerts',
  streamTypes: [connectionStream],
  payloadsOf: ['connection.quarantined', 'hold.opened', 'hold.closed'],
  async handle(events, client, tenantId) {
    for (const event of events) await derive(event, client, tenantId);
  },
};

async function derive(event: RecordedEvent, client: PoolClient, tenantId: string): Promise<void> {
  const { type, streamId: connectionId, payload } = event;
  switch (type) {
    case 'connection.quarantined': {
      const { kind, reason } = payload as { kind: 'denied' | 'failing'; reason: string };
      const name = await nameOf(client, tenantId, connectionId);
      await openAlert(client, tenantId, quarantineAlert({ connectionId, name, kind, reason }));
      return;
    }
    case 'connection.recovered':
      await closeAlert(client, tenantId, `quarantine:${connectionId}`);
      return;
    case 'hold.opened': {
      const { holdId, action, subjectType, count } = payload as unknown as HoldOpened;
      const name = await nameOf(client, tenantId, connectionId);
      await openAlert(
        client,
        tenantId,
        holdAlert({ holdId, connectionId, name, action, subjectType, count }),
      );
      return;
    }
    case 'hold.closed':
      await closeAlert(client, tenantId, `hold:${(payload as { holdId: string }).holdId}`);
  }
}

async function nameOf(client: PoolClient, tenantId: string, connectionId: string): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    'select name from hub.connection where tenant_id = $1 and id = $2',
    [tenantId, connectionId],
  );
  return rows[0]?.name ?? connectionId;
}
