import { setTimeout as wait } from 'node:timers/promises';
import { Database } from '@rollcall/platform';
import { asksToSlowDown, type Heard, rateAfter } from './pace.decide.js';

/** The engine stops, or the connection was closed: what waited for its turn goes back as it was. */
export class PaceStopped extends Error {}

/** A turn that nobody took in time is gone: taken later it would make two calls out of one. */
const lateMs = 50;
const sliceMs = 250;
const mostTurns = 50;
/** What a target said long ago says nothing now. */
const forgottenAfter = `interval '10 minutes'`;
/** A rate that was learned grows again: a second by a tenth of itself, or by half a call. */
const grows = `greatest(0.1 * p.rate, 0.5)`;

interface Waiting {
  go(): void;
  stop(error: Error): void;
}

/**
 * When a connection's next call may go. Rates are kept for all processes together: each takes a slice of turns
 * from Postgres at a time and spreads its calls over it, so no call asks the database, and the sum keeps the limit.
 * Without a limit, configured or learned from the target, every call goes at once.
 */
export class Pace {
  private readonly waiting: Waiting[] = [];
  private turns: number[] = [];
  private owed = 0;
  private cap: number | undefined;
  private learned: number | undefined;
  private peers = 1;
  private learnedAt = 0;
  private serving = false;
  private stopped = false;
  private recent: number[] = [];

  constructor(
    private readonly database: Database,
    private readonly tenantId: string,
    private readonly connectionId: string,
  ) {}

  /** @param cap calls a second at most; undefined: as many as the target takes */
  configure(cap: number | undefined): void {
    if (cap !== this.cap) this.turns = [];
    this.cap = cap;
  }

  /** @param learned what any process has heard from the target. @param peers processes that push */
  follow(learned: number | null, peers: number): void {
    this.hear(learned);
    this.peers = peers;
  }

  /** Throws PaceStopped. */
  async turn(): Promise<void> {
    if (this.cap !== undefined || this.learned !== undefined) {
      await new Promise<void>((go, stop) => {
        this.waiting.push({ go, stop });
        if (!this.serving) void this.serve();
      });
    }
    const now = Date.now();
    this.recent.push(now);
    if (this.recent.length > 1_000) this.recent = this.recent.filter((at) => at > now - 1_000);
  }

  /** @param calls how many the turn turned out to be */
  async heard(outcome: Heard, calls: number): Promise<void> {
    this.owed += Math.max(0, calls - 1);
    const now = Date.now();
    const going = this.recent.filter((at) => at > now - 1_000).length * this.peers;
    const rate = rateAfter(outcome, going, this.learned, now);
    if (rate === undefined) return;
    const lower = !asksToSlowDown(outcome) && rate < (this.learned ?? Infinity) * 0.9;
    if (now - this.learnedAt < 1_000 && !lower) return;
    this.learnedAt = now;
    this.learned = rate;
    this.turns = [];
    await this.database.query(
      `insert into hub.connection_pace as p (tenant_id, connection_id, rate) values ($1, $2, $3)
       on conflict (tenant_id, connection_id) do update set rate = $3, changed_at = now()
       where $3 < p.rate or p.rate is null or p.changed_at < now() - interval '1 second'`,
      [this.tenantId, this.connectionId, asksToSlowDown(outcome) ? rate : Math.min(rate, this.cap ?? rate)],
    );
  }

  /** Whoever waits for a turn is told that none comes just now. */
  interrupt(): void {
    for (const { stop } of this.waiting.splice(0)) stop(new PaceStopped('Nothing is sent for now'));
  }

  stop(): void {
    this.stopped = true;
    this.interrupt();
  }

  /** What was read before this process wrote what it learned does not count. */
  private hear(learned: number | null): void {
    if (Date.now() - this.learnedAt < 3_000 && (learned ?? Infinity) > (this.learned ?? 0)) return;
    this.learned = learned ?? undefined;
  }

  private async serve(): Promise<void> {
    this.serving = true;
    while (this.waiting.length > 0 && !this.stopped) {
      this.turns = this.turns.filter((at) => at > Date.now() - lateMs);
      const at = this.turns.shift();
      if (at === undefined) {
        await this.takeTurns().catch(() => wait(1_000));
        continue;
      }
      if (this.owed > 0) {
        this.owed -= 1;
        continue;
      }
      const early = at - Date.now();
      if (early > 0) await wait(Math.min(early, 1_000));
      if (early > 1_000) this.turns.unshift(at);
      else this.waiting.shift()?.go();
    }
    this.serving = false;
    if (this.stopped) this.interrupt();
  }

  private async takeTurns(): Promise<void> {
    const rate = Math.min(this.cap ?? Infinity, this.learned ?? Infinity);
    const count = Math.max(1, Math.min(this.waiting.length, Math.round((rate * sliceMs) / 1_000), mostTurns));
    const [slice] = await this.database.query<{ wait: number; apart: number | null; learned: number | null }>(
      {
        name: 'push.take-turns',
        text: `insert into hub.connection_pace as p (tenant_id, connection_id) values ($1, $2)
               on conflict (tenant_id, connection_id) do update set
                 rate = case when p.changed_at > now() - ${forgottenAfter} then p.rate end,
                 next_at = greatest(p.next_at, clock_timestamp())
                   + coalesce($3::int / ${effective} * interval '1 second', interval '0')
               returning extract(epoch from next_at - clock_timestamp())::float8 * 1000 as wait,
                 1000 / ${effective} as apart, ${grown} as learned`,
      },
      [this.tenantId, this.connectionId, count, this.cap ?? null],
    );
    const { wait: until, apart, learned } = slice!;
    this.hear(learned);
    // The first of all rows is made without turns: they come with the next.
    const end = Date.now() + until;
    const step = apart ?? 0;
    this.turns = Array.from({ length: count }, (_, at) => end - (count - at) * step);
  }
}

const grown = `case when p.changed_at > now() - ${forgottenAfter}
  then p.rate + ${grows} * extract(epoch from now() - p.changed_at)::float8 end`;
const effective = `least($4::float8, ${grown})`;

/** SQL: what any process has learned, of a row `p` of connection_pace. */
export const learnedRate = grown;
