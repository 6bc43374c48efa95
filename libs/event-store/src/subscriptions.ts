import { Database } from '@rollcall/platform';
import type { PoolClient } from 'pg';
import type { RecordedEvent } from './event.js';
import type { EventStore } from './event-store.js';

export interface Subscriber {
  /** Names the checkpoint. */
  name: string;
  /** Never overtakes that other subscriber. */
  limitBy?: string;
  /** Only events of these streams are read and handed over; unset: all. */
  streamTypes?: string[];
  /** Only events of these types come with their payload; unset: all. Opening one costs, so ask for no more. */
  payloadsOf?: string[];
  /**
   * Derives what it keeps from a batch, in order, through the given client only: the checkpoint moves in the
   * same transaction. A batch may come again after a failure.
   */
  handle(events: RecordedEvent[], client: PoolClient, tenantId: string): Promise<void>;
}

export interface ParkedStream {
  subscriber: string;
  streamId: string;
  position: number;
  error: string;
  parkedAt: Date;
}

const batchSize = 500;

const checkpointStatement = {
  name: 'subscriptions.position',
  text: `select position::float8 as position from hub.checkpoint where tenant_id = $1 and subscriber = $2`,
};

export class Subscriptions {
  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
  ) {}

  /** Handles everything there is and answers the position reached. Processes may call it at once: one works. */
  async catchUp(tenantId: string, subscriber: Subscriber): Promise<number> {
    for (;;) {
      const { position, more } = await this.handleBatch(tenantId, subscriber);
      if (!more) return position;
    }
  }

  async position(tenantId: string, subscriber: string): Promise<number> {
    const [row] = await this.database.query<{ position: number }>(checkpointStatement, [
      tenantId,
      subscriber,
    ]);
    return row?.position ?? 0;
  }

  async parked(tenantId: string, subscriber?: string): Promise<ParkedStream[]> {
    return this.database.query<ParkedStream>(
      `select subscriber, stream_id as "streamId", position::float8 as position, error, parked_at as "parkedAt"
       from hub.parked_stream where tenant_id = $1 and ($2::text is null or subscriber = $2) order by position`,
      [tenantId, subscriber ?? null],
    );
  }

  /** Tries a parked stream again from the event it stopped at. Throws what the subscriber throws. */
  async resume(tenantId: string, subscriber: Subscriber, streamId: string): Promise<void> {
    await this.database.transaction(async (client) => {
      const reached = await lockCheckpoint(client, tenantId, subscriber.name);
      const { rows } = await client.query<{ position: number }>(
        `delete from hub.parked_stream where tenant_id = $1 and subscriber = $2 and stream_id = $3
         returning position::float8 as position`,
        [tenantId, subscriber.name, streamId],
      );
      if (!rows[0]) return;
      const events = await this.store.readStream(tenantId, streamId);
      const due = events.filter(({ position }) => position >= rows[0]!.position && position <= reached);
      await subscriber.handle(due, client, tenantId);
    });
  }

  private async handleBatch(
    tenantId: string,
    subscriber: Subscriber,
  ): Promise<{ position: number; more: boolean }> {
    return this.database.transaction(async (client) => {
      // What a subscriber keeps can be derived again, so its commits need not wait for the disk.
      await client.query('set local synchronous_commit = off');
      const position = await lockCheckpoint(client, tenantId, subscriber.name);
      const end = subscriber.limitBy
        ? await readCheckpoint(client, tenantId, subscriber.limitBy)
        : await readHead(client, tenantId);
      // Positions have no gaps, so a range of them is a batch, whichever of its events are wanted.
      const upTo = Math.min(end, position + batchSize);
      if (upTo <= position) return { position, more: false };
      const events = await this.store.readAll(tenantId, position, batchSize, {
        upTo,
        streamTypes: subscriber.streamTypes,
        payloadsOf: subscriber.payloadsOf,
        client,
        unreadableToo: true,
      });
      if (events.length > 0) {
        const parked = await parkedAmong(client, tenantId, subscriber.name, events);
        const open = events.filter(({ streamId }) => !parked.has(streamId));
        await this.handleOrPark(tenantId, subscriber, open, client);
      }
      await client.query({
        name: 'subscriptions.advance',
        text: `update hub.checkpoint set position = $3, updated_at = now() where tenant_id = $1 and subscriber = $2`,
        values: [tenantId, subscriber.name, upTo],
      });
      return { position: upTo, more: upTo < end };
    });
  }

  /** The whole batch if it goes; else event by event, and a stream whose event fails is parked from there on. */
  private async handleOrPark(
    tenantId: string,
    subscriber: Subscriber,
    events: RecordedEvent[],
    client: PoolClient,
  ): Promise<void> {
    await client.query('savepoint batch');
    try {
      const unreadable = events.find((event) => event.unreadable);
      if (unreadable) throw unreadable.unreadable!;
      if (events.length > 0) await subscriber.handle(events, client, tenantId);
      await client.query('release savepoint batch');
      return;
    } catch (error) {
      if (!isAboutTheEvent(error)) throw error;
      await client.query('rollback to savepoint batch');
    }
    const halted = new Set<string>();
    for (const event of events) {
      if (halted.has(event.streamId)) continue;
      await client.query('savepoint single');
      try {
        if (event.unreadable) throw event.unreadable;
        await subscriber.handle([event], client, tenantId);
        await client.query('release savepoint single');
      } catch (error) {
        if (!isAboutTheEvent(error)) throw error;
        await client.query('rollback to savepoint single');
        halted.add(event.streamId);
        await client.query(
          `insert into hub.parked_stream (tenant_id, subscriber, stream_id, position, error)
           values ($1, $2, $3, $4, $5) on conflict do nothing`,
          [
            tenantId,
            subscriber.name,
            event.streamId,
            event.position,
            String((error as Error).message).slice(0, 2000),
          ],
        );
      }
    }
  }
}

async function lockCheckpoint(client: PoolClient, tenantId: string, subscriber: string): Promise<number> {
  const lock = {
    name: 'subscriptions.lock',
    text: `select position::float8 as position from hub.checkpoint
           where tenant_id = $1 and subscriber = $2 for update`,
    values: [tenantId, subscriber],
  };
  const found = await client.query<{ position: number }>(lock);
  if (found.rows[0]) return found.rows[0].position;
  await client.query(
    'insert into hub.checkpoint (tenant_id, subscriber, position) values ($1, $2, 0) on conflict do nothing',
    [tenantId, subscriber],
  );
  const made = await client.query<{ position: number }>(lock);
  return made.rows[0]!.position;
}

async function readCheckpoint(client: PoolClient, tenantId: string, subscriber: string): Promise<number> {
  const { rows } = await client.query<{ position: number }>({
    ...checkpointStatement,
    values: [tenantId, subscriber],
  });
  return rows[0]?.position ?? 0;
}

async function readHead(client: PoolClient, tenantId: string): Promise<number> {
  const { rows } = await client.query<{ position: number }>({
    name: 'subscriptions.head',
    text: 'select position::float8 as position from hub.tenant_counter where tenant_id = $1',
    values: [tenantId],
  });
  return rows[0]?.position ?? 0;
}

async function parkedAmong(
  client: PoolClient,
  tenantId: string,
  subscriber: string,
  events: RecordedEvent[],
): Promise<Set<string>> {
  const { rows } = await client.query<{ stream_id: string }>({
    name: 'subscriptions.parked',
    text: `select stream_id from hub.parked_stream
           where tenant_id = $1 and subscriber = $2 and stream_id = any($3::uuid[])`,
    values: [tenantId, subscriber, [...new Set(events.map(({ streamId }) => streamId))]],
  });
  return new Set(rows.map(({ stream_id }) => stream_id));
}

/** A lost connection, a lock or a full disk is no fault of the event: those are tried again later. */
function isAboutTheEvent(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return error instanceof Error && !/connection|terminat/i.test(error.message);
  return !/^(08|40|53|55|57|58|E[A-Z]+)/.test(code);
}
