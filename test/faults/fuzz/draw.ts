import { random } from '../sizes.js';

/** Seeded choices: the same in each run with the same seed. */
export class Draw {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = random(seed);
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Some of them, at most `most`, in order. */
  some<T>(choices: readonly T[], most: number): T[] {
    const share = most / Math.max(choices.length, 1);
    return choices.filter(() => this.chance(share)).slice(0, most);
  }

  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    const total = choices.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.next() * total;
    for (const [weight, choice] of choices) if ((at -= weight) < 0) return choice;
    return choices.at(-1)![1];
  }
}
