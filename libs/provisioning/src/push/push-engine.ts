import type { EventStore, Subscriptions } from '@rollcall/event-store';
import { Database, keepStatistics, Keyring, Queues } from '@rollcall/platform';
import type { Job, Worker } from 'bullmq';
import type { ConnectorAccess } from '../connections/open-connection.js';
import { operationsProjection } from '../report/operations.projection.js';
import { Coalesced } from '../work/coalesced.js';
import { dispatch } from '../work/dispatch.js';
import { sweep } from '../work/sweep.js';
import { withoutDeadlock } from '../work/without-deadlock.js';
import { WorkerLease } from '../work/worker-lease.js';
import { ConnectionWorker, type Followed } from './connection-worker.js';
import { learnedRate } from './pace.js';
import { engineQueues } from './engine-queues.js';

export interface EngineParts {
  database: Database;
  events: EventStore;
  subscriptions: Subscriptions;
  keyring: Keyring;
  queues: Queues;
  connectors: ConnectorAccess;
  log(message: string, details: Record<string, unknown>): void;
  /** Brings the directory tables up to date. */
  project(tenantId: string): Promise<unknown>;
  /** Operations of the tenant were recorded in its log, a moment ago. */
  recorded?(tenantId: string): void;
}

interface ConnectionRow {
  tenantId: string;
  id: string;
  version: number;
  paused: boolean;
  learned: number | null;
}

const sweepEveryMs = 5_000;
const lookEveryMs = 1_500;
const reportDelayMs = 250;
/** For calls under way when the engine stops. */
const patienceMs = 5_000;

/** The worker role: dispatches events, and keeps one worker running for each connection that is not disabled. */
export class PushEngine {
  private readonly lease: WorkerLease;
  private readonly workers = new Map<string, ConnectionWorker>();
  private readonly reports = new Map<string, Coalesced>();
  private readonly refresh: Coalesced;
  private readonly sweeping: Coalesced;
  private static: Worker[] = [];
  private looking: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(private readonly parts: EngineParts) {
    this.lease = new WorkerLease(parts.database);
    this.refresh = new Coalesced(
      () => this.followConnections(),
      (error) => parts.log('reading connections failed', { error: error.message }),
    );
    this.sweeping = new Coalesced(
      () => this.sweep(),
      (error) => parts.log('sweeping failed', { error: error.message }),
    );
  }

  async start(): Promise<void> {
    const { queues } = this.parts;
    this.static = [
      queues.worker(
        engineQueues.dispatch,
        (job: Job<{ tenantId: string }>) => this.dispatch(job.data.tenantId),
        {
          concurrency: 4,
        },
      ),
      queues.worker(engineQueues.control, async () => this.refresh.poke(), { concurrency: 1 }),
      queues.worker(engineQueues.sweep, () => this.sweepNow(), { concurrency: 1 }),
    ];
    await this.followConnections();
    // The job of a killed process's sweep is away until its lock ends: what that process held is freed now.
    this.sweeping.poke();
    await this.keepSweeping();
    this.looking = setInterval(() => {
      this.refresh.poke();
      void this.keepSweeping().catch(() => undefined);
    }, lookEveryMs);
  }

  async stop(): Promise<void> {
    this.closing = true;
    clearInterval(this.looking);
    await this.refresh.idle();
    await this.sweeping.idle();
    // A call that takes longer is cut off; the next attempt at its object looks first.
    const patience = setTimeout(() => this.lease.abandon(), patienceMs);
    await Promise.all([...this.workers.values(), ...this.static].map((worker) => worker.close()));
    clearTimeout(patience);
    await Promise.all([...this.reports.values()].map((report) => report.idle()));
    await this.lease.close();
  }

  /** Has the tenant's events dispatched by whichever process is free. The sweep makes a lost poke good. */
  pokeDispatch(tenantId: string): void {
    void this.parts.queues
      .queue(engineQueues.dispatch)
      .add(
        'dispatch',
        { tenantId },
        {
          deduplication: { id: tenantId, keepLastIfActive: true },
          removeOnComplete: true,
          removeOnFail: { count: 100 },
        },
      )
      .catch((error: Error) =>
        this.parts.log('dispatch could not be woken', { tenantId, error: error.message }),
      );
  }

  /** Brings the tenant's work items up to date with its events, and hands them out. */
  async dispatch(tenantId: string): Promise<void> {
    await withoutDeadlock(() => this.parts.subscriptions.catchUp(tenantId, dispatch));
    for (const worker of this.workers.values()) if (worker.tenantId === tenantId) worker.poke();
  }

  private sweepNow(): Promise<void> {
    this.sweeping.poke();
    return this.sweeping.idle();
  }

  private async sweep(): Promise<void> {
    const { database, queues, subscriptions, events } = this.parts;
    const tenants = await database.query<{ id: string }>('select tenant_id as id from hub.tenant_counter');
    for (const { id } of tenants) {
      await this.parts.project(id);
      await withoutDeadlock(() => subscriptions.catchUp(id, dispatch));
      await subscriptions.catchUp(id, operationsProjection);
    }
    await sweep(database, queues, events);
    await keepStatistics(database);
    for (const worker of this.workers.values()) worker.poke();
  }

  /** A flushed queue has lost its schedule too. */
  private async keepSweeping(): Promise<void> {
    const queue = this.parts.queues.queue(engineQueues.sweep);
    if (await queue.getJobScheduler('sweep')) return;
    await queue.upsertJobScheduler(
      'sweep',
      { every: sweepEveryMs },
      { name: 'sweep', opts: { removeOnComplete: true, removeOnFail: true } },
    );
  }

  private async followConnections(): Promise<void> {
    if (this.closing) return;
    const rows = await this.parts.database.query<ConnectionRow>(
      `select c.tenant_id as "tenantId", c.id, c.config_version as version,
         c.paused_at is not null and coalesce(c.paused_until > now(), true) as paused, ${learnedRate} as learned
       from hub.connection c
       left join hub.connection_pace p on p.tenant_id = c.tenant_id and p.connection_id = c.id
       where c.state <> 'disabled'`,
    );
    const peers = await this.lease.peers();
    const wanted = new Map(rows.map((row) => [row.id, row]));
    for (const [id, worker] of this.workers) {
      if (wanted.has(id)) continue;
      this.workers.delete(id);
      await worker.close();
    }
    for (const row of rows) {
      const running = this.workers.get(row.id);
      if (running) running.follow({ ...row, peers });
      else await this.startConnection({ ...row, peers });
    }
  }

  private async startConnection(connection: ConnectionRow & Followed): Promise<void> {
    const { tenantId, id, version } = connection;
    const worker = new ConnectionWorker(
      { ...this.parts, lease: this.lease, recorded: (tenant) => this.report(tenant) },
      tenantId,
      id,
    );
    try {
      worker.follow(connection);
      await worker.start(version);
      this.workers.set(id, worker);
    } catch (error) {
      await worker.close();
      this.parts.log('a connection cannot be started', { connectionId: id, error: (error as Error).message });
    }
  }

  private report(tenantId: string): void {
    let report = this.reports.get(tenantId);
    if (!report) {
      report = new Coalesced(
        async () => {
          await new Promise((resolve) => setTimeout(resolve, reportDelayMs));
          await this.parts.subscriptions.catchUp(tenantId, operationsProjection);
          this.parts.recorded?.(tenantId);
        },
        (error) => this.parts.log('the report is behind', { tenantId, error: error.message }),
      );
      this.reports.set(tenantId, report);
    }
    report.poke();
  }
}
