import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createTestDatabase, startHub, waitFor } from '../harness/index.js';

it('sends again, under the same id, what a process was killed over', { timeout: 180_000 }, async () => {
  const ids: string[] = [];
  const held: ServerResponse[] = [];
  const receiver = createServer((request, response) => {
    ids.push(String(request.headers['webhook-id']));
    // The first answer never comes: the process that waits for it is killed.
    if (ids.length === 1) held.push(response);
    else response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const store = await createTestDatabase();
  const hub = await startHub({ databaseUrl: store.url });
  try {
    const { port } = receiver.address() as AddressInfo;
    await hub.admin('POST', 'notification-channels', {
      name: 'Hook',
      type: 'webhook',
      settings: { url: `http://127.0.0.1:${port}/` },
    });
    const { id } = await hub.admin<{ id: string }>('POST', 'sources', { name: 'Okta', client: 'okta' });
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    await hub.admin('POST', `sources/${id}/tokens`, { expiresAt });
    await waitFor(() => ids.length === 1, { what: 'the message to come', timeoutMs: 60_000 });
    await hub.kill();
    const again = await startHub({ databaseUrl: store.url, keys: hub.keys });
    try {
      // Its time for the next attempt is put down before each: brought forward here.
      await store.database.query(`update hub.alert_delivery set next_at = now() where state = 'pending'`);
      await waitFor(() => ids.length >= 2, { what: 'the message to come again', timeoutMs: 60_000 });
      expect(new Set(ids).size).toBe(1);
      await waitFor(
        async () => {
          const { items } = await again.admin<{ items: { deliveries: { state: string }[] }[] }>(
            'GET',
            'alerts',
          );
          return items.length === 1 && items[0]!.deliveries.every(({ state }) => state === 'sent');
        },
        { what: 'it to be written down as sent' },
      );
      expect(ids).toHaveLength(2);
    } finally {
      await again.stop();
    }
  } finally {
    await hub.kill();
    receiver.closeAllConnections();
    receiver.close();
    await store.drop();
  }
});
