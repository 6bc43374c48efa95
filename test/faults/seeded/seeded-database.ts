import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, Statement } from '@rollcall/platform';
import type pg from 'pg';
import type { Lane } from './lane.js';
import { type Actor, currentActor, type World } from './world.js';

type Query = string | { name?: string; text: string; values?: unknown[] };
type Fate = 'well' | 'before' | 'after';

const within = new AsyncLocalStorage<{ open: boolean }>();

/**
 * The database as one process sees it: real Postgres, but each statement and each transaction waits for its turn,
 * and may fail before it is carried out or be carried out with its answer lost.
 */
export class SeededDatabase {
  readonly pool: {
    query(query: Query, values?: unknown[]): Promise<pg.QueryResult>;
    connect(): Promise<LeaseClient>;
  };
  readonly leases = new Set<LeaseClient>();

  constructor(
    private readonly lane: Lane,
    private readonly world: World,
    private readonly actor: Actor,
    private readonly intensity: number,
  ) {
    this.pool = {
      query: (query, values) => this.run(query, values),
      connect: () => this.lease(),
    };
  }

  /** @returns what the engine takes for its database */
  get asDatabase(): Database {
    return this as unknown as Database;
  }

  async query<T>(statement: Statement, values: unknown[] = []): Promise<T[]> {
    const query = typeof statement === 'string' ? statement : { ...statement, values };
    return (await this.run(query, values)).rows as T[];
  }

  transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return this.world.step('transaction', async () => {
      const fate = this.fate();
      const breaksAt = fate === 'before' ? Math.floor(this.world.draw() * 12) : Infinity;
      const client = await this.lane.client();
      const open = { open: true };
      let statements = 0;
      let broken: Error | undefined;
      const query = async (text: Query, values?: unknown[]) => {
        if (!broken && statements++ === breaksAt) broken = this.trouble();
        if (broken) throw broken;
        return this.lane.query(client, this.world.now, text as never, values);
      };
      try {
        await this.lane.query(client, this.world.now, 'begin' as never);
        const result = await within.run(open, () => work({ query } as never));
        if (broken ?? breaksAt < Infinity) throw broken ?? this.trouble();
        await this.lane.query(client, this.world.now, 'commit' as never);
        if (fate === 'after') throw this.trouble(true);
        return result;
      } catch (error) {
        await this.lane.query(client, this.world.now, 'rollback' as never);
        throw error;
      } finally {
        open.open = false;
        this.lane.putBack(client);
      }
    });
  }

  /** @param on the session it is for, which may be gone by the time it is its turn */
  async run(
    query: Query,
    values?: unknown[],
    on?: { client: pg.Client; gone(): boolean },
  ): Promise<pg.QueryResult> {
    const work = async (fate: Fate) => {
      if (fate === 'before' || on?.gone()) throw this.trouble();
      const client = on?.client ?? (await this.lane.client());
      try {
        const result = await this.lane.query(client, this.world.now, query as never, values);
        if (fate === 'after') throw this.trouble(true);
        return result;
      } finally {
        if (!on) this.lane.putBack(client);
      }
    };
    if (within.getStore()?.open) return work('well');
    const name = typeof query === 'string' ? query : (query.name ?? query.text);
    return this.world.step(name.trim().replace(/\s+/g, ' ').slice(0, 50), () => work(this.fate()));
  }

  private lease(): Promise<LeaseClient> {
    return this.world.step('connect', async () => {
      if (this.fate() !== 'well') throw this.trouble();
      const lease = new LeaseClient(this, this.lane, this.world, await this.lane.client(), currentActor());
      this.leases.add(lease);
      return lease;
    });
  }

  private fate(): Fate {
    if (!this.world.faulty || !this.actor.faulty || !this.world.chance(this.intensity)) return 'well';
    return this.world.chance(0.5) ? 'before' : 'after';
  }

  private trouble(lost = false): Error {
    this.world.tell(lost ? '        the answer is lost' : '        the statement fails');
    const code = lost ? '08006' : this.world.pick(['08006', '57P01', '40P01', '53300']);
    return Object.assign(new Error('Connection terminated unexpectedly'), { code });
  }
}

/** The session that a process shows its life by. */
export class LeaseClient {
  private readonly listeners = new Set<(error: Error) => void>();
  private ended = false;

  constructor(
    private readonly database: SeededDatabase,
    private readonly lane: Lane,
    private readonly world: World,
    private readonly client: pg.Client,
    private readonly actor: Actor,
  ) {}

  query(query: Query, values?: unknown[]): Promise<pg.QueryResult> {
    return this.database.run(query, values, { client: this.client, gone: () => this.ended });
  }

  on(_event: 'error', listener: (error: Error) => void): void {
    this.listeners.add(listener);
  }

  removeAllListeners(): void {
    this.listeners.clear();
  }

  release(): void {
    if (this.ended) return;
    this.ended = true;
    this.database.leases.delete(this);
    const unlock = this.lane.query(this.client, this.world.now, 'select pg_advisory_unlock_all()' as never);
    this.world.chore(unlock.then(() => this.lane.putBack(this.client)));
  }

  /** The session breaks off. */
  lose(): void {
    const listeners = [...this.listeners];
    this.release();
    this.world.act(this.actor, () =>
      listeners.forEach((listener) => listener(new Error('the session is lost'))),
    );
  }
}
