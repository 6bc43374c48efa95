import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

export interface BatchOptions {
  /** Calls under way at most. Defaults to 1. */
  atOnce?: number;
  /** How long a call waits for company, unless it is full. Defaults to the turn of the event loop. */
  lingerMs?: number;
}

/**
 * Items that arrive while calls are under way travel together in the next one, each with its own outcome: one
 * round trip, and one commit, then serves many.
 */
export class Batch<I, O> {
  private readonly waiting: { item: I; resolve(output: O): void; reject(error: unknown): void }[] = [];
  private running = 0;
  private readonly atOnce: number;
  private readonly lingerMs: number;

  /**
   * @param call answers one output an item, in order; an Error among them rejects that item alone
   * @param limit items a call at most
   */
  constructor(
    private readonly call: (items: I[]) => Promise<(O | Error)[]>,
    private readonly limit: number,
    { atOnce = 1, lingerMs = 0 }: BatchOptions = {},
  ) {
    this.atOnce = atOnce;
    this.lingerMs = lingerMs;
  }

  add(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.running < this.atOnce) {
        this.running++;
        void this.run();
      }
    });
  }

  private async run(): Promise<void> {
    await nextTurn();
    while (this.waiting.length > 0) {
      if (this.lingerMs > 0 && this.waiting.length < this.limit) await wait(this.lingerMs);
      const taken = this.waiting.splice(0, this.limit);
      if (taken.length === 0) break;
      try {
        const outputs = await this.call(taken.map(({ item }) => item));
        taken.forEach(({ resolve, reject }, at) => {
          const output = outputs[at]!;
          if (output instanceof Error) reject(output);
          else resolve(output);
        });
      } catch (error) {
        taken.forEach(({ reject }) => reject(error));
      }
    }
    this.running--;
  }
}
