import { randomBytes, randomUUID } from 'node:crypto';
import { EventStore, eventStoreMigrations, Subscriptions } from '@rollcall/event-store';
import { Keyring } from '@rollcall/platform';
import { historyProjection, provisioningMigrations } from '@rollcall/provisioning';
import { directoryProjection, readModelMigrations } from '@rollcall/read-model';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../harness/index.js';

const metadata = { source: 'test', actor: 'test', correlation: 'test' };

it(
  'keeps periods of a group of 20,000 right, whatever order its members come and go in',
  { timeout: 240_000 },
  async () => {
    const { database, drop } = await createTestDatabase({
      migrations: [...eventStoreMigrations, ...readModelMigrations, ...provisioningMigrations],
    });
    try {
      const events = new EventStore(database, new Keyring(randomBytes(32)));
      const subscriptions = new Subscriptions(database, events);
      const tenantId = randomUUID();
      const group = randomUUID();
      const ids = Array.from({ length: 20_000 }, () => randomUUID());
      const members = (of: string[]) => ({ members: of.map((id) => ({ id, type: 'User' })) });
      const record = (type: string, payload: Record<string, unknown>) =>
        events.append(tenantId, {
          streamId: group,
          streamType: 'group',
          expected: 'any',
          events: [{ type, payload }],
          metadata,
        });
      await record('group.created', { attributes: { displayName: 'All' } });
      for (let at = 0; at < ids.length; at += 100)
        await record('group.members-added', members(ids.slice(at, at + 100)));
      await record('group.members-removed', members(ids.slice(0, 1_000)));
      const between = await record('group.members-added', members(ids.slice(0, 500)));
      await subscriptions.catchUp(tenantId, directoryProjection);
      await subscriptions.catchUp(tenantId, historyProjection);
      const count = async (which: string) =>
        (
          await database.query<{ count: number }>(
            `select count(*)::int as count from hub.membership_period where ${which}`,
          )
        )[0]!.count;
      expect(await count('true')).toBe(20_500);
      expect(await count('to_position is null')).toBe(19_500);
      expect(await count(`from_position < ${between.lastPosition} and to_position is not null`)).toBe(1_000);
      // A batch may come again after a failure: nothing changes.
      await database.query(`update hub.checkpoint set position = 100 where subscriber = 'history'`);
      await subscriptions.catchUp(tenantId, historyProjection);
      expect(await count('to_position is null')).toBe(19_500);
      await record('group.deleted', {});
      await subscriptions.catchUp(tenantId, directoryProjection);
      await subscriptions.catchUp(tenantId, historyProjection);
      expect(await count('to_position is null')).toBe(0);
      expect(await count(`ended = 'group-deleted'`)).toBe(19_500);
    } finally {
      await drop();
    }
  },
);
