import type { QuarantinePolicy } from '../plan/policy.js';

const slices = 20;

interface Slice {
  from: number;
  good: number;
  faults: number;
}

/** How the operations of the last minutes ended: by an answer that makes sense, or by the target's own fault. */
export class FailureWindow {
  private readonly kept: Slice[] = [];

  /** @param now in milliseconds */
  saw(how: 'good' | 'fault', { withinMinutes }: QuarantinePolicy, now: number): void {
    const length = (withinMinutes * 60_000) / slices;
    const last = this.kept.at(-1);
    const slice = last && now < last.from + length ? last : { from: now, good: 0, faults: 0 };
    if (slice !== last) this.kept.push(slice);
    if (how === 'good') slice.good += 1;
    else slice.faults += 1;
    while (this.kept[0] && this.kept[0].from + length <= now - withinMinutes * 60_000) this.kept.shift();
  }

  /** What is too much, in words; undefined while it is not. */
  verdict({ enabled, failurePercent, atLeast, withinMinutes }: QuarantinePolicy): string | undefined {
    const faults = this.kept.reduce((sum, slice) => sum + slice.faults, 0);
    const all = this.kept.reduce((sum, slice) => sum + slice.good, faults);
    if (!enabled || all < atLeast || faults * 100 < all * failurePercent) return undefined;
    return `${faults} of ${all} operations within ${withinMinutes} minutes failed at the target`;
  }

  forget(): void {
    this.kept.length = 0;
  }
}
