import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Database } from '@rollcall/platform';
import type { PoolClient } from 'pg';

/** First key of the advisory locks that show which worker processes live. */
const lockClass = 0x0726;

const liveOwners = `locktype = 'advisory' and classid = $1::int::oid and objsubid = 2
  and database = (select oid from pg_database where datname = current_database())`;

/**
 * The life sign of this process: an advisory lock on a session of its own. It ends with the process, however
 * that ends, and its leases are then free at once. After a lost session the process goes on under a new owner
 * number: what it was doing under the old one no longer counts.
 */
export class WorkerLease {
  private client: PoolClient | undefined;
  private number = 0;
  private lost = new AbortController();
  private closed = false;
  private acquiring: Promise<void> | undefined;

  constructor(private readonly database: Database) {}

  /** Aborted when the lease is lost: other processes may take over from then on. */
  get signal(): AbortSignal {
    return this.lost.signal;
  }

  /** The owner number to lease under. Waits for the database while the lease is lost. */
  async owner(): Promise<number> {
    if (!this.client) await (this.acquiring ??= this.acquire().finally(() => (this.acquiring = undefined)));
    return this.number;
  }

  /** How many processes live, and which of them, in the order of their numbers, this is. */
  async peers(): Promise<{ count: number; rank: number }> {
    const number = await this.owner();
    const [row] = await this.database.query<{ count: number; rank: number }>(
      {
        name: 'work.peers',
        text: `select count(*)::int as count, count(*) filter (where objid::bigint < $2)::int as rank from pg_locks
               where ${liveOwners}`,
      },
      [lockClass, number],
    );
    return { count: Math.max(1, row!.count), rank: row!.rank };
  }

  /** Whether leases taken under that number are still ours. */
  holds(owner: number): boolean {
    return this.client !== undefined && this.number === owner;
  }

  /** Ends the lease by itself: the outcome of what is under way could not be stored, and is to be found anew. */
  abandon(): void {
    const { client } = this;
    this.client = undefined;
    client?.removeAllListeners('error');
    client?.on('error', () => undefined);
    client?.release(true);
    this.lost.abort();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.acquiring?.catch(() => undefined);
    this.abandon();
  }

  private async acquire(): Promise<void> {
    if (this.closed) throw new Error('The worker is closing');
    const client = await this.database.pool.connect();
    const number = randomInt(1, 0x7fffffff);
    const lost = new AbortController();
    // Every call under way listens.
    setMaxListeners(0, lost.signal);
    client.on('error', () => {
      if (this.client !== client) return;
      this.client = undefined;
      client.release(true);
      lost.abort();
    });
    try {
      await client.query('select pg_advisory_lock($1::int, $2::int)', [lockClass, number]);
    } catch (error) {
      client.release(true);
      throw error;
    }
    this.client = client;
    this.number = number;
    this.lost = lost;
  }
}

/**
 * Frees the items of owners that are gone. What they were doing may have reached the target, so the next
 * attempt looks first. After a start of the database every process has ten seconds to show that it lives.
 */
export async function freeStaleLeases(
  database: Database,
): Promise<{ tenantId: string; connectionId: string }[]> {
  const freed = await database.query<{ tenantId: string; connectionId: string }>(
    {
      name: 'work.free-stale-leases',
      text: `update hub.work_item set lease_owner = null, handed_until = null, look_first = true
             where lease_owner is not null
               and pg_postmaster_start_time() < now() - interval '10 seconds'
               and lease_owner <> all (array(
                 select objid::bigint::int from pg_locks
                 where ${liveOwners}))
             returning tenant_id as "tenantId", connection_id as "connectionId"`,
    },
    [lockClass],
  );
  return [...new Map(freed.map((row) => [row.connectionId, row])).values()];
}
