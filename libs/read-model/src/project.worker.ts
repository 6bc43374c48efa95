import { Injectable, Logger } from '@nestjs/common';
import { Subscriptions } from '@rollcall/event-store';
import { Queues } from '@rollcall/platform';
import { directoryProjection } from './directory.projection.js';
import { Freshness } from './freshness.js';
import { type ProjectJob, projectQueue } from './project-pokes.js';
import { SearchRemake } from './search-remake.js';

/** BullMQ processor of the queue `project`: brings the directory tables up to the head of a tenant's log. */
@Injectable()
export class ProjectWorker {
  private readonly log = new Logger(ProjectWorker.name);
  private readonly listeners: ((tenantId: string, position: number) => void)[] = [];

  constructor(
    private readonly queues: Queues,
    private readonly subscriptions: Subscriptions,
    private readonly freshness: Freshness,
    private readonly remake: SearchRemake,
  ) {}

  start(): void {
    this.queues.worker(projectQueue, async (job) => this.project((job.data as ProjectJob).tenantId), {
      concurrency: 4,
    });
  }

  /** Told in this process when the tables have reached a position: what comes after them can go on. */
  onProjected(listener: (tenantId: string, position: number) => void): void {
    this.listeners.push(listener);
  }

  async project(tenantId: string): Promise<void> {
    const before = await this.subscriptions.position(tenantId, directoryProjection.name);
    const position = await this.subscriptions.catchUp(tenantId, directoryProjection);
    this.freshness.advanced(tenantId, position);
    for (const listener of this.listeners) listener(tenantId, position);
    this.remake.begin(tenantId);
    if (position > before) this.log.debug({ tenantId, position, events: position - before }, 'Projected');
  }
}
