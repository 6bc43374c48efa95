import { Batch, Database, Keyring } from '@rollcall/platform';
import type { ClientBase } from 'pg';
import { type PreparedAppend, toAppendArguments, toAppended } from './append-call.js';
import type { Append, Appended, Claim, RecordedEvent } from './event.js';
import {
  type EventRow,
  eventColumns,
  eventColumnsWith,
  toRecordedEvent,
  withoutPayload,
} from './recorded-event-row.js';
import { SubjectKeys } from './subject-keys.js';
import { type Upcaster, type Upcast, upcastWith } from './upcast.js';

const appendStatement = {
  name: 'event-store.append',
  text: 'select hub.append($1::uuid, $2::jsonb, $3::bytea) as outcomes',
};

export interface ReadAllOptions {
  /** No position beyond. */
  upTo?: number;
  streamTypes?: string[];
  /** Only events of these types come with their payload; unset: all. */
  payloadsOf?: string[];
  client?: ClientBase;
  /** Instead of throwing, say of an event that it cannot be read. */
  unreadableToo?: boolean;
}

/** Appends in one call at most. The tenant's counter row would make them wait for each other anyway. */
const travelTogether = 64;

export class EventStore {
  private readonly keys: SubjectKeys;
  private readonly upcast: Upcast;
  private readonly listeners: ((tenantId: string) => void)[] = [];
  private readonly batches = new Map<string, Batch<Append, Appended>>();

  constructor(
    private readonly database: Database,
    keyring: Keyring,
    upcasters: Upcaster[] = [],
  ) {
    this.keys = new SubjectKeys(database, keyring);
    this.upcast = upcastWith(upcasters);
  }

  /** Told after every durable append of this process, so that workers can be poked. */
  onAppended(listener: (tenantId: string) => void): void {
    this.listeners.push(listener);
  }

  /**
   * One durable append. Rejects with VersionConflict, ClaimConflict or SubjectErased when nothing was
   * written; with any other error the outcome is unknown and the caller reads the stream before repeating.
   */
  append(tenantId: string, append: Append): Promise<Appended> {
    let batch = this.batches.get(tenantId);
    if (!batch) {
      batch = new Batch((appends) => this.sendTogether(tenantId, appends), travelTogether);
      this.batches.set(tenantId, batch);
    }
    return batch.add(append);
  }

  /**
   * Appends inside the caller's transaction. Call it last: it holds the tenant's counter row until the
   * transaction ends. Throws on the first clash, and the transaction must then be rolled back.
   */
  async appendIn(client: ClientBase, tenantId: string, appends: Append[]): Promise<Appended[]> {
    if (appends.length === 0) return [];
    const outcomes = await this.call(client, tenantId, appends);
    return outcomes.map((outcome) => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    });
  }

  /** A stream's events after a version, in order; all of them, or at most `limit`. */
  async readStream(
    tenantId: string,
    streamId: string,
    afterVersion = 0,
    limit: number | null = null,
  ): Promise<RecordedEvent[]> {
    return this.read(
      {
        name: 'event-store.read-stream',
        text: `select ${eventColumns} from hub.event e
               left join hub.subject_key k on k.tenant_id = e.tenant_id and k.subject_id = e.subject_id
               where e.tenant_id = $1 and e.stream_id = $2 and e.version > $3
               order by e.version limit $4`,
      },
      [tenantId, streamId, afterVersion, limit],
    );
  }

  /** The tenant's events after a position, in order, at most `limit` and none beyond `upTo`. */
  async readAll(
    tenantId: string,
    after: number,
    limit: number,
    options: ReadAllOptions = {},
  ): Promise<RecordedEvent[]> {
    return this.read(
      {
        name: 'event-store.read-all',
        text: `select ${eventColumnsWith('case when $6::text[] is null or e.type = any($6) then e.payload end')}
               from hub.event e
               left join hub.subject_key k on k.tenant_id = e.tenant_id and k.subject_id = e.subject_id
                 and ($6::text[] is null or e.type = any($6))
               where e.tenant_id = $1 and e.position > $2 and e.position <= $4
                 and ($5::text[] is null or e.stream_type = any($5))
               order by e.position limit $3`,
      },
      [
        tenantId,
        after,
        limit,
        options.upTo ?? Number.MAX_SAFE_INTEGER,
        options.streamTypes ?? null,
        options.payloadsOf ?? null,
      ],
      options.client,
      options.unreadableToo,
    );
  }

  /** Position of the tenant's last committed event; 0 when there is none. */
  async head(tenantId: string): Promise<number> {
    const [row] = await this.database.query<{ position: number }>(
      {
        name: 'event-store.head',
        text: 'select position::float8 as position from hub.tenant_counter where tenant_id = $1',
      },
      [tenantId],
    );
    return row?.position ?? 0;
  }

  async claimHolder(tenantId: string, claim: Claim): Promise<string | undefined> {
    const [row] = await this.database.query<{ stream_id: string }>(
      {
        name: 'event-store.claim-holder',
        text: 'select stream_id from hub.claim where tenant_id = $1 and kind = $2 and key = $3',
      },
      [tenantId, claim.kind, claim.key],
    );
    return row?.stream_id;
  }

  private decodeTolerantly(row: EventRow): RecordedEvent {
    try {
      return toRecordedEvent(row, this.keys, this.upcast);
    } catch (error) {
      return { ...withoutPayload(row), unreadable: error as Error };
    }
  }

  /** Turns rows selected with `eventColumns` into events. For statements that join the log with other tables. */
  decode(rows: EventRow[]): RecordedEvent[] {
    return rows.map((row) => toRecordedEvent(row, this.keys, this.upcast));
  }

  /**
   * Makes every payload of the subject unreadable for ever, here and in every copy of the log, by destroying
   * the key. Other processes forget the key within a minute.
   */
  async erase(client: ClientBase, tenantId: string, subjectId: string): Promise<void> {
    await this.keys.destroy(tenantId, subjectId, client);
  }

  private async read(
    statement: { name: string; text: string },
    values: unknown[],
    client?: ClientBase,
    unreadableToo = false,
  ): Promise<RecordedEvent[]> {
    const { rows } = await (client ?? this.database.pool).query<EventRow>({ ...statement, values });
    return unreadableToo ? rows.map((row) => this.decodeTolerantly(row)) : this.decode(rows);
  }

  private async sendTogether(tenantId: string, appends: Append[]): Promise<(Appended | Error)[]> {
    try {
      const outcomes = await this.call(this.database.pool, tenantId, appends);
      for (const listener of this.listeners) listener(tenantId);
      return outcomes;
    } catch (error) {
      // Classes 22 and 23: one append's data made the whole call fail, and it was rolled back for certain.
      const refused = /^2[23]/.test((error as { code?: string }).code ?? '');
      if (!refused || appends.length === 1) throw error;
      const outcomes: (Appended | Error)[] = [];
      for (const append of appends) {
        outcomes.push(
          await this.call(this.database.pool, tenantId, [append]).then(
            ([outcome]) => outcome!,
            (failure: Error) => failure,
          ),
        );
      }
      return outcomes;
    }
  }

  private async call(
    client: Pick<ClientBase, 'query'>,
    tenantId: string,
    appends: Append[],
  ): Promise<(Appended | Error)[]> {
    const prepared = await this.prepare(
      tenantId,
      appends,
      client === this.database.pool ? undefined : client,
    );
    const { rows } = await client.query<{ outcomes: Parameters<typeof toAppended>[1][] }>({
      ...appendStatement,
      values: toAppendArguments(tenantId, prepared),
    });
    return rows[0]!.outcomes.map((outcome, index) => {
      const { append, key, wrapped } = prepared[index]!;
      const appended = toAppended(append, outcome);
      if (wrapped && !(appended instanceof Error)) this.keys.remember(tenantId, append.streamId, key);
      return appended;
    });
  }

  private async prepare(
    tenantId: string,
    appends: Append[],
    client?: Pick<ClientBase, 'query'>,
  ): Promise<PreparedAppend[]> {
    const known = appends.filter((append) => !startsItsSubject(append));
    const keys = known.length
      ? await this.keys.ensure(tenantId, known.map(subjectOf), client as ClientBase | undefined)
      : new Map<string, Buffer>();
    return appends.map((append) =>
      startsItsSubject(append)
        ? { append, ...this.keys.generate(tenantId, append.streamId) }
        : { append, key: keys.get(subjectOf(append))! },
    );
  }
}

function subjectOf(append: Append): string {
  return append.subjectId ?? append.streamId;
}

function startsItsSubject(append: Append): boolean {
  return append.expected === 'none' && subjectOf(append) === append.streamId;
}
