/** Of one source in one process. Far above what identity providers send (Entra: 25), so it shields the others. */
export const ownRequestsPerSecond = 5_000;
export const inFlightAtMost = 256;
export const waitAtMostMs = 5_000;
export const waitingAtMost = 1_000;

export interface TooMany {
  retryAfterSeconds: number;
  /** What there is too much of: requests a second, or requests being worked on. */
  reason: 'rate' | 'in-flight';
}

/** in: it is its turn. gone: it has left while it waited. */
export type Entry = 'in' | 'gone' | TooMany;

/** One request's place, from its arrival to its answer. */
export interface Turn {
  entered: Entry | Promise<Entry>;
  /** Gives the place back, in the queue as well; whoever has none is not heard. */
  leave(): void;
}

interface Waiting {
  deadline: number;
  settle(entry: Entry): void;
}

/**
 * Lets the requests of one source through at a rate, with a burst of one second's worth, and a bounded number at a
 * time. What is above waits in line as long as it can expect its turn within five seconds.
 */
export class SourcePace {
  private tokens: number;
  private filledAt = performance.now();
  private inFlight = 0;
  private readonly line = new Set<Waiting>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private perSecond: number) {
    this.tokens = perSecond;
  }

  set requestsPerSecond(perSecond: number) {
    if (perSecond === this.perSecond) return;
    this.refill();
    this.perSecond = perSecond;
    this.advance();
  }

  /** Nothing is known of it that a new one would not know. */
  get isRested(): boolean {
    this.refill();
    return this.inFlight === 0 && this.line.size === 0 && this.tokens >= this.perSecond;
  }

  enter(): Turn {
    this.refill();
    if (this.line.size === 0 && this.hasRoom()) {
      this.take();
      return { entered: 'in', leave: once(() => this.free()) };
    }
    if (this.line.size >= waitingAtMost || this.expectedWaitMs() > waitAtMostMs) {
      return { entered: this.tooMany(), leave: () => undefined };
    }
    return this.standInLine();
  }

  private standInLine(): Turn {
    let state: Entry | 'waiting' = 'waiting';
    let settled: (entry: Entry) => void;
    const entered = new Promise<Entry>((resolve) => (settled = resolve));
    const waiting: Waiting = {
      deadline: performance.now() + waitAtMostMs,
      settle: (entry) => {
        this.line.delete(waiting);
        state = entry;
        settled(entry);
      },
    };
    this.line.add(waiting);
    if (this.line.size === 1) this.advance();
    const leave = once(() => {
      if (state === 'in') this.free();
      else if (state === 'waiting') waiting.settle('gone');
    });
    return { entered, leave };
  }

  private free(): void {
    this.inFlight--;
    if (this.line.size > 0) this.advance();
  }

  /** Lets in whose turn it is, turns away who has waited long enough, and comes back when that may change. */
  private advance(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.refill();
    const now = performance.now();
    for (const waiting of this.line) {
      if (this.hasRoom()) {
        this.take();
        waiting.settle('in');
      } else if (waiting.deadline <= now) {
        waiting.settle(this.tooMany());
      } else {
        const untilToken = this.tokens >= 1 ? Infinity : ((1 - this.tokens) / this.perSecond) * 1000;
        const ms = Math.ceil(Math.min(untilToken, waiting.deadline - now));
        this.timer = setTimeout(() => this.advance(), ms);
        return;
      }
    }
  }

  private hasRoom(): boolean {
    return this.tokens >= 1 && this.inFlight < inFlightAtMost;
  }

  private take(): void {
    this.tokens--;
    this.inFlight++;
  }

  private refill(): void {
    const now = performance.now();
    this.tokens = Math.min(this.perSecond, this.tokens + ((now - this.filledAt) / 1000) * this.perSecond);
    this.filledAt = now;
  }

  private expectedWaitMs(): number {
    return ((this.line.size + 1 - this.tokens) / this.perSecond) * 1000;
  }

  private tooMany(): TooMany {
    return {
      retryAfterSeconds: Math.max(1, Math.ceil(this.line.size / this.perSecond)),
      reason: this.tokens < 1 ? 'rate' : 'in-flight',
    };
  }
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}
