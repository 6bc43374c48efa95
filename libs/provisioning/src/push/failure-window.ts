import type { QuarantinePolicy } from '../plan/policy.js';

const slices = 20;

/** How operations ended in one slice of time; slices are counted from the epoch, alike in every process. */
export interface OutcomeCounts {
  slice: number;
  good: number;
  faults: number;
}

/**
 * How the operations of the last minutes ended: by an answer that makes sense, or by the target's own fault. What is
 * seen here is told to the other processes from time to time, and what they saw is heard.
 */
export class FailureWindow {
  /** Of all processes. */
  private shared: OutcomeCounts[] = [];
  /** On its way to the others. */
  private telling: OutcomeCounts[] = [];
  private own: OutcomeCounts[] = [];

  /** @param now in milliseconds */
  saw(how: 'good' | 'fault', policy: QuarantinePolicy, now: number): void {
    const slice = sliceAt(now, policy);
    const last = this.own.at(-1);
    const counts = last?.slice === slice ? last : { slice, good: 0, faults: 0 };
    if (counts !== last) this.own.push(counts);
    if (how === 'good') counts.good += 1;
    else counts.faults += 1;
    const oldest = slice - slices;
    const fresh = (each: OutcomeCounts) => each.slice >= oldest;
    if (this.own[0]!.slice < oldest) this.own = this.own.filter(fresh);
    if (this.shared.some((each) => !fresh(each))) this.shared = this.shared.filter(fresh);
  }

  /** What is too much, in words; undefined while it is not. */
  verdict({ enabled, failurePercent, atLeast, withinMinutes }: QuarantinePolicy): string | undefined {
    const kept = [...this.shared, ...this.telling, ...this.own];
    const faults = kept.reduce((sum, each) => sum + each.faults, 0);
    const all = kept.reduce((sum, each) => sum + each.good, faults);
    if (!enabled || all < atLeast || faults * 100 < all * failurePercent) return undefined;
    return `${faults} of ${all} operations within ${withinMinutes} minutes failed at the target`;
  }

  /**
   * What the others do not know yet, until `hear` or `untold`. Undefined where there is neither that nor a fault that
   * they may have dropped meanwhile: a connection that is well costs nothing while nothing happens.
   */
  tell(policy: QuarantinePolicy, now: number): { counts: OutcomeCounts[]; oldest: number } | undefined {
    const mayHaveDropped = this.shared.some(({ faults }) => faults > 0);
    if (this.telling.length > 0 || (this.own.length === 0 && !mayHaveDropped)) return undefined;
    this.telling = this.own;
    this.own = [];
    return { counts: this.telling, oldest: sliceAt(now, policy) - slices };
  }

  /** @param shared of all processes, with what was told */
  hear(shared: OutcomeCounts[]): void {
    this.shared = shared;
    this.telling = [];
  }

  untold(): void {
    this.own = [...this.telling, ...this.own];
    this.telling = [];
  }
}

const sliceAt = (now: number, { withinMinutes }: QuarantinePolicy): number =>
  Math.floor((now * slices) / (withinMinutes * 60_000));
