import { Database } from '@rollcall/platform';
import { backoffMs } from '../work/backoff.js';
import type { Trouble } from './settle-push.js';

const longestMs = { retry: 60_000, denied: 600_000 };
/** A refused token is rarely right again within seconds: the first wait after a refusal is about half a minute. */
const headStart = { retry: 0, denied: 5 };
const longestAskedMs = 3_600_000;
const inARowAtMost = 3;

/**
 * Whether a connection may be used: closed for a while after trouble that concerns it as a whole, and opened
 * by the first success afterwards. The database knows it for all processes.
 */
export class Gate {
  private closedUntil = 0;
  private failures = 0;
  /** Troubles since the target last answered. */
  private inARow = 0;
  private epoch = 0;

  constructor(
    private readonly database: Database,
    private readonly tenantId: string,
    private readonly connectionId: string,
  ) {}

  get isClosed(): boolean {
    return this.closedUntil > Date.now();
  }

  /** Takes over what other processes, or this one before a restart, found out, and what a person has changed. */
  learn(epoch: number, failures: number): void {
    if (epoch < this.epoch) return;
    if (epoch > this.epoch) this.closedUntil = 0;
    this.epoch = epoch;
    this.failures = failures;
  }

  /**
   * Whether a call that came to nothing is taken for the object's own trouble: one that comes alone between good
   * answers, such as a lost connection, does not stop the others, and an object that always breaks the
   * connection must not either.
   */
  forgives(): boolean {
    this.inARow += 1;
    return this.failures === 0 && this.inARow < inARowAtMost;
  }

  /** @param epoch the item's that met the trouble: what was sent before a person's change says nothing now */
  async close({ kind, afterMs, message }: Trouble, epoch: number): Promise<void> {
    if (epoch !== this.epoch) return;
    const wasOpen = !this.isClosed;
    if (wasOpen) this.failures += 1;
    const waitMs =
      afterMs === undefined
        ? Math.min(backoffMs(this.failures + headStart[kind], Math.random()), longestMs[kind])
        : Math.min(afterMs, longestAskedMs);
    if (!wasOpen && kind === 'retry' && Date.now() + waitMs <= this.closedUntil) return;
    this.closedUntil = Math.max(this.closedUntil, Date.now() + waitMs);
    await this.database.query(
      `update hub.connection set
         failures = greatest(failures, $3),
         not_before = greatest(not_before, now() + $4::float8 * interval '1 millisecond'),
         state = case when $5 and state = 'enabled' then 'quarantined' else state end,
         state_reason = case when $5 or state <> 'quarantined' then $6 else state_reason end
       where tenant_id = $1 and id = $2 and resync_requested = $7`,
      [this.tenantId, this.connectionId, this.failures, waitMs, kind === 'denied', message, epoch],
    );
  }

  /** The target answered: what was closed is open again. Answers whether anything changed. */
  async open(): Promise<boolean> {
    this.inARow = 0;
    if (this.failures === 0 || this.isClosed) return false;
    this.failures = 0;
    await this.database.query(
      `update hub.connection set failures = 0, not_before = null, state_reason = null,
         state = case when state = 'quarantined' then 'enabled' else state end
       where tenant_id = $1 and id = $2 and state <> 'disabled'`,
      [this.tenantId, this.connectionId],
    );
    return true;
  }
}
