import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@rollcall/platform';
import { pruneRequestLog } from './retention.js';

const everyMs = 10 * 60 * 1000;

/** Keeps the request log within its bounds of time and size, also that of processes that only serve. */
@Injectable()
export class PruneWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('RequestLog');
  private timer: NodeJS.Timeout | undefined;
  private readonly stopping = new AbortController();
  private pruning: Promise<void> = Promise.resolve();

  constructor(private readonly database: Database) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.poke(), everyMs).unref();
    this.poke();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.pruning;
  }

  /** Prunes now, after what is under way. */
  poke(): void {
    this.pruning = this.pruning
      .then(() => pruneRequestLog(this.database, this.stopping.signal))
      .then((removed) => {
        if (removed > 0) this.log.debug({ removed }, 'Old requests were removed from the request log');
      })
      .catch((error: Error) => this.log.warn(`The request log cannot be pruned: ${error.message}`));
  }
}
