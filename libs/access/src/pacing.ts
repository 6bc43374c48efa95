import { Injectable } from '@nestjs/common';
import { Metrics } from '@rollcall/platform';
import { Counter } from 'prom-client';
import type { AuthenticatedSource } from './source-authentication.js';
import { ownRequestsPerSecond, SourcePace, type Turn } from './source-pace.js';

const sweepAt = 1_000;

/** The pace of each source in this process: none waits for another. */
@Injectable()
export class Pacing {
  private readonly paces = new Map<string, SourcePace>();
  private readonly slowed: Counter;

  constructor(metrics: Metrics) {
    this.slowed = new Counter({
      name: 'rollcall_scim_slowed_requests_total',
      help: 'SCIM requests above the pace of their source: those that had to wait, and those refused with 429',
      labelNames: ['outcome'],
      registers: [metrics],
    });
  }

  enter({ sourceId, requestsPerSecond = ownRequestsPerSecond }: AuthenticatedSource): Turn {
    let pace = this.paces.get(sourceId);
    if (pace) {
      pace.requestsPerSecond = requestsPerSecond;
    } else {
      if (this.paces.size >= sweepAt) this.sweep();
      pace = new SourcePace(requestsPerSecond);
      this.paces.set(sourceId, pace);
    }
    const turn = pace.enter();
    if (turn.entered !== 'in') this.count(turn);
    return turn;
  }

  private count({ entered }: Turn): void {
    if (entered instanceof Promise) {
      this.slowed.inc({ outcome: 'waited' });
      void entered.then((entry) => {
        if (typeof entry === 'object') this.slowed.inc({ outcome: 'refused' });
      });
    } else {
      this.slowed.inc({ outcome: 'refused' });
    }
  }

  private sweep(): void {
    for (const [sourceId, pace] of this.paces) {
      if (pace.isRested) this.paces.delete(sourceId);
    }
  }
}
