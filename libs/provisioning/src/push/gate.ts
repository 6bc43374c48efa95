import type { EventStore } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import { connectionEvent } from '../guard/connection.events.js';
import type { QuarantinePolicy } from '../plan/policy.js';
import { backoffMs } from '../work/backoff.js';
import type { ClaimedItem } from '../work/claim.js';
import { forgiveFaults } from '../work/forgive-faults.js';
import { FailureWindow } from './failure-window.js';
import type { Trouble } from './settle-push.js';
import { shareOutcomes } from './share-outcomes.js';

const longestMs = { retry: 60_000, denied: 600_000, failing: 300_000 };
/** A refused token is rarely right again within seconds: the first wait after a refusal is about half a minute. */
const headStart = { retry: 0, denied: 5, failing: 1 };
const longestAskedMs = 3_600_000;
const inARowAtMost = 3;
/** Good answers in a row before a target that was failing is trusted again. */
const goodInARow = { retry: 1, denied: 1, failing: 3 };

interface GateParts {
  database: Database;
  events: EventStore;
  recorded(tenantId: string): void;
}

/**
 * Whether a connection may be used: closed for a while after trouble that concerns it as a whole, and opened
 * by the first good answers afterwards. The database knows it for all processes.
 */
export class Gate {
  private closedUntil = 0;
  private failures = 0;
  /** Troubles since the target last answered. */
  private inARow = 0;
  private good = 0;
  private alarmed = false;
  private epoch = 0;
  private lastTrouble: Trouble['kind'] = 'retry';
  private recent = new FailureWindow();
  private quarantine: QuarantinePolicy | undefined;
  private sharing: Promise<void> | undefined;

  constructor(
    private readonly parts: GateParts,
    private readonly tenantId: string,
    private readonly connectionId: string,
  ) {}

  get isClosed(): boolean {
    return this.closedUntil > Date.now();
  }

  /** Takes over what other processes, or this one before a restart, found out, and what a person has changed. */
  learn({ epoch, connectionFailures, alarmed }: ClaimedItem): void {
    if (epoch < this.epoch) return;
    if (epoch > this.epoch) {
      this.closedUntil = 0;
      this.lastTrouble = 'retry';
    }
    // Another process has found the target well again: what failed before says nothing now.
    if (epoch > this.epoch || (this.alarmed && !alarmed)) this.recent = new FailureWindow();
    this.epoch = epoch;
    this.failures = connectionFailures;
    this.alarmed = alarmed;
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

  /** Tells the other processes how operations ended here, and hears how they ended there. Never throws. */
  share(): Promise<void> {
    this.sharing ??= this.exchange().finally(() => (this.sharing = undefined));
    return this.sharing;
  }

  private async exchange(): Promise<void> {
    const { database } = this.parts;
    const { epoch, quarantine, recent } = this;
    const told = quarantine && recent.tell(quarantine, Date.now());
    if (!told) return;
    try {
      recent.hear(await shareOutcomes(database, this.tenantId, this.connectionId, epoch, told));
    } catch {
      recent.untold();
    }
  }

  /** An operation failed by the target's own fault. Answers what is wrong when it is the target as a whole. */
  fault(policy: QuarantinePolicy): string | undefined {
    this.quarantine = policy;
    this.recent.saw('fault', policy, Date.now());
    return this.recent.verdict(policy);
  }

  /** @param epoch the item's that met the trouble: what was sent before a person's change says nothing now */
  async close({ kind, afterMs, message }: Trouble, epoch: number): Promise<void> {
    if (epoch !== this.epoch) return;
    const wasOpen = !this.isClosed;
    if (wasOpen) this.failures += 1;
    this.good = 0;
    if (kind !== 'retry') this.lastTrouble = kind;
    const waitMs =
      afterMs === undefined
        ? Math.min(backoffMs(this.failures + headStart[kind], Math.random()), longestMs[kind])
        : Math.min(afterMs, longestAskedMs);
    if (!wasOpen && kind === 'retry' && Date.now() + waitMs <= this.closedUntil) return;
    this.closedUntil = Math.max(this.closedUntil, Date.now() + waitMs);
    const { database, events } = this.parts;
    const quarantined = await database.transaction(async (client) => {
      const { rows } = await client.query<{ alarming: boolean }>(
        `update hub.connection c set
           failures = greatest(c.failures, $3),
           not_before = greatest(c.not_before, now() + $4::float8 * interval '1 millisecond'),
           state = case when $5 and c.state = 'enabled' then 'quarantined' else c.state end,
           state_reason = case when $5 or c.state <> 'quarantined' then $6 else c.state_reason end,
           quarantined_at = case when $5 then coalesce(c.quarantined_at, now()) else c.quarantined_at end
         from (select quarantined_at from hub.connection where tenant_id = $1 and id = $2 for update) before
         where c.tenant_id = $1 and c.id = $2 and c.resync_requested = $7
         returning before.quarantined_at is null and c.quarantined_at is not null as alarming`,
        [this.tenantId, this.connectionId, this.failures, waitMs, kind !== 'retry', message, epoch],
      );
      if (rows.length > 0 && kind === 'failing')
        await forgiveFaults(client, this.tenantId, this.connectionId);
      if (kind === 'retry' || !rows[0]?.alarming) return false;
      const event = { type: 'connection.quarantined' as const, payload: { kind, reason: message } };
      await events.appendIn(client, this.tenantId, [connectionEvent(this.connectionId, event, 'hub')]);
      return true;
    });
    if (kind !== 'retry') this.alarmed = true;
    if (quarantined) this.parts.recorded(this.tenantId);
  }

  /** The target answered: what was closed is open again. Answers whether anything changed. */
  async open(policy: QuarantinePolicy): Promise<boolean> {
    this.inARow = 0;
    this.quarantine = policy;
    this.recent.saw('good', policy, Date.now());
    if ((this.failures === 0 && !this.alarmed) || this.isClosed) return false;
    this.good += 1;
    if (this.good < goodInARow[this.lastTrouble]) return true;
    this.failures = 0;
    this.alarmed = false;
    this.good = 0;
    this.lastTrouble = 'retry';
    this.recent = new FailureWindow();
    const { database, events } = this.parts;
    const recovered = await database.transaction(async (client) => {
      const { rows } = await client.query<{ recovered: boolean }>(
        `update hub.connection c set failures = 0, not_before = null, state_reason = null, quarantined_at = null,
           state = case when c.state = 'quarantined' then 'enabled' else c.state end
         from (select quarantined_at from hub.connection where tenant_id = $1 and id = $2 for update) before
         where c.tenant_id = $1 and c.id = $2 and c.state <> 'disabled'
         returning before.quarantined_at is not null as recovered`,
        [this.tenantId, this.connectionId],
      );
      await client.query('delete from hub.connection_outcome where tenant_id = $1 and connection_id = $2', [
        this.tenantId,
        this.connectionId,
      ]);
      if (!rows[0]?.recovered) return false;
      const payload = { reason: 'The target answers again.' };
      const event = connectionEvent(this.connectionId, { type: 'connection.recovered', payload }, 'hub');
      await events.appendIn(client, this.tenantId, [event]);
      return true;
    });
    if (recovered) this.parts.recorded(this.tenantId);
    return true;
  }
}
