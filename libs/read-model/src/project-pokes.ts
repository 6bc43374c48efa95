import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { EventStore } from '@rollcall/event-store';
import { Queues } from '@rollcall/platform';

export const projectQueue = 'project';

/**
 * The worker takes what came meanwhile in one batch, so more pokes than this would only cost. Where many
 * appends come, as in a first load, the pauses grow: a poke costs the database as much as several appends.
 * (Appends that travel together count as one here.)
 */
const betweenPokesMs = 50;
const underLoadMs = 200;
const many = 4;

export interface ProjectJob {
  tenantId: string;
}

/**
 * Wakes the projecting worker after an append. Best effort: a lost poke is made good by the sweep. However
 * many appends there are, at most one poke a tenant is on its way and one waits.
 */
@Injectable()
export class ProjectPokes {
  private readonly log = new Logger(ProjectPokes.name);
  private readonly lanes = new Map<string, { appends: number }>();

  constructor(
    store: EventStore,
    private readonly queues: Queues,
  ) {
    store.onAppended((tenantId) => this.poke(tenantId));
  }

  poke(tenantId: string): void {
    const lane = this.lanes.get(tenantId);
    if (lane) lane.appends++;
    else void this.send(tenantId);
  }

  private async send(tenantId: string): Promise<void> {
    const lane = { appends: 1 };
    this.lanes.set(tenantId, lane);
    let wait = betweenPokesMs;
    do {
      wait = lane.appends < many ? betweenPokesMs : Math.min(wait * 2, underLoadMs);
      lane.appends = 0;
      try {
        const data: ProjectJob = { tenantId };
        // Deduplicated while one waits; one that comes while the job runs is kept and runs after it.
        await this.queues.queue(projectQueue).add('project', data, {
          deduplication: { id: tenantId, keepLastIfActive: true },
          removeOnComplete: true,
          removeOnFail: { count: 100 },
        });
      } catch (error) {
        this.log.warn(`Could not wake the projection, the sweep will: ${(error as Error).message}`);
      }
      await pause(wait);
    } while (lane.appends > 0);
    this.lanes.delete(tenantId);
  }
}
