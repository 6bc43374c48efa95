import { Injectable } from '@nestjs/common';
import type { AuthenticatedSource } from './source-authentication.js';
import { ownRequestsPerSecond, SourcePace, type Turn } from './source-pace.js';

const sweepAt = 1_000;

/** The pace of each source in this process: none waits for another. */
@Injectable()
export class Pacing {
  private readonly paces = new Map<string, SourcePace>();

  enter({ sourceId, requestsPerSecond = ownRequestsPerSecond }: AuthenticatedSource): Turn {
    let pace = this.paces.get(sourceId);
    if (pace) {
      pace.requestsPerSecond = requestsPerSecond;
    } else {
      if (this.paces.size >= sweepAt) this.sweep();
      pace = new SourcePace(requestsPerSecond);
      this.paces.set(sourceId, pace);
    }
    return pace.enter();
  }

  private sweep(): void {
    for (const [sourceId, pace] of this.paces) {
      if (pace.isRested) this.paces.delete(sourceId);
    }
  }
}
