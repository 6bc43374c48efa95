import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Database, HubConfig, Keyring, Queues } from '@rollcall/platform';
import { ProjectWorker } from '@rollcall/read-model';
import type { Job } from 'bullmq';
import { connectorsFor } from '../connections/connectors-for.js';
import { Coalesced } from '../work/coalesced.js';
import { runSimulation, silentSeconds } from './run-simulation.js';
import { enqueueSimulation, simulationQueue } from './simulations.js';

const lookEveryMs = 5_000;

/** Runs simulations, one at a time in each process, and takes up those whose process or job is gone. */
@Injectable()
export class SimulationWorker implements OnModuleDestroy {
  private readonly log = new Logger('Simulations');
  private readonly looking: Coalesced;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: HubConfig,
    private readonly database: Database,
    private readonly keyring: Keyring,
    private readonly queues: Queues,
    private readonly projecting: ProjectWorker,
  ) {
    this.looking = new Coalesced(
      () => this.look(),
      (error) => this.log.warn(`Simulations wait: ${error.message}`),
    );
  }

  start(): void {
    const { database, keyring, config } = this;
    const parts = {
      database,
      keyring,
      connectors: connectorsFor(config),
      project: (tenantId: string) => this.projecting.project(tenantId),
    };
    this.queues.worker(
      simulationQueue,
      (job: Job<{ tenantId: string; id: string }>) => runSimulation(parts, job.data.tenantId, job.data.id),
      { concurrency: 1 },
    );
    this.timer = setInterval(() => this.looking.poke(), lookEveryMs);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.looking.idle();
  }

  private async look(): Promise<void> {
    const waiting = await this.database.query<{ tenantId: string; id: string }>(
      `select tenant_id as "tenantId", id from hub.simulation where state in ('queued', 'running')
         and coalesce(beat_at, created_at) < now() - interval '${silentSeconds} seconds'`,
    );
    for (const { tenantId, id } of waiting) await enqueueSimulation(this.queues, tenantId, id);
  }
}
