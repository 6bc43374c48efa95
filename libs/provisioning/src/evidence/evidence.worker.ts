import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Subscriptions } from '@rollcall/event-store';
import { Database, Queues } from '@rollcall/platform';
import type { Job } from 'bullmq';
import { historyProjection } from '../history/history.projection.js';
import { endFinishedRuns } from '../runs/run.js';
import { Coalesced } from '../work/coalesced.js';
import { alertsSubscriber } from '../notify/alerts.subscriber.js';
import { type Delivery, Notifier } from '../notify/notifier.js';
import { watchCauses } from '../notify/watch-causes.js';

export const notifyQueue = 'notify';

const lookEveryMs = 2_000;
const watchEveryLooks = 3;

/**
 * What a worker process does beside pushing: keeps the history up to date, ends runs, opens and closes alerts and
 * sends them. Several processes may do it at once.
 */
@Injectable()
export class EvidenceWorker implements OnModuleDestroy {
  private readonly log = new Logger('Evidence');
  private readonly looking: Coalesced;
  private timer: NodeJS.Timeout | undefined;
  private looks = 0;

  constructor(
    private readonly database: Database,
    private readonly subscriptions: Subscriptions,
    private readonly queues: Queues,
    private readonly notifier: Notifier,
  ) {
    this.looking = new Coalesced(
      () => this.look(),
      (error) => this.log.warn(`History and alerts are behind: ${error.message}`),
    );
  }

  start(): void {
    this.queues.worker(notifyQueue, (job: Job<Delivery>) => this.notifier.deliver(job.data), {
      concurrency: 4,
    });
    this.timer = setInterval(() => this.looking.poke(), lookEveryMs);
    this.looking.poke();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.looking.idle();
  }

  private async look(): Promise<void> {
    const tenants = await this.database.query<{ id: string; subscriber: string }>(
      `select t.tenant_id as id, s.name as subscriber
       from hub.tenant_counter t cross join unnest($1::text[]) s(name)
       left join hub.checkpoint c on c.tenant_id = t.tenant_id and c.subscriber = s.name
       where t.position > coalesce(c.position, 0)`,
      [subscribers.map(({ name }) => name)],
    );
    for (const { id, subscriber } of tenants) {
      await this.subscriptions.catchUp(
        id,
        subscribers.find(({ name }) => name === subscriber)!,
      );
    }
    if (this.looks++ % watchEveryLooks === 0) {
      await watchCauses(this.database);
      await endFinishedRuns(this.database);
    }
    await this.enqueue();
  }

  private async enqueue(): Promise<void> {
    const due = await this.notifier.due();
    if (due.length === 0) return;
    await this.queues.queue(notifyQueue).addBulk(
      due.map(({ tenantId, id, attempts }) => ({
        name: 'notify',
        data: { tenantId, id },
        opts: { jobId: `${id}-${attempts}`, removeOnComplete: true, removeOnFail: true },
      })),
    );
  }
}

const subscribers = [historyProjection, alertsSubscriber];
