import { setTimeout as wait } from 'node:timers/promises';

/**
 * Work that arrives while a call is under way travels together in the next call; each item has its own outcome.
 */
export class Batch<I, O> {
  private readonly waiting: { item: I; resolve(output: O): void; reject(error: unknown): void }[] = [];
  private running = 0;

  /**
   * @param call answers one output an item, in order
   * @param linger milliseconds to wait for company; fewer, fuller calls cost the database less
   */
  constructor(
    private readonly call: (items: I[]) => Promise<O[]>,
    private readonly limit: number,
    private readonly linger: number,
    private readonly callsAtOnce = 1,
  ) {}

  add(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.running < this.callsAtOnce) {
        this.running += 1;
        void this.run();
      }
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      if (this.waiting.length < this.limit) await wait(this.linger);
      const taken = this.waiting.splice(0, this.limit);
      if (taken.length === 0) break;
      try {
        const outputs = await this.call(taken.map(({ item }) => item));
        taken.forEach(({ resolve }, at) => resolve(outputs[at]!));
      } catch (error) {
        taken.forEach(({ reject }) => reject(error));
      }
    }
    this.running -= 1;
  }
}
