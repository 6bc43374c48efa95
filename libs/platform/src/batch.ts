/**
 * Items that arrive while calls are under way travel together in the next one, each with its own outcome: one
 * round trip, and one commit, then serves many.
 */
export class Batch<I, O> {
  private readonly waiting: { item: I; resolve(output: O): void; reject(error: unknown): void }[] = [];
  private running = 0;

  /**
   * @param call answers one output an item, in order; an Error among them rejects that item alone
   * @param limit items a call at most
   * @param atOnce calls under way at most
   */
  constructor(
    private readonly call: (items: I[]) => Promise<(O | Error)[]>,
    private readonly limit: number,
    private readonly atOnce = 1,
  ) {}

  add(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.running < this.atOnce) {
        this.running++;
        // What is added in the same turn of the event loop belongs together.
        setImmediate(() => void this.run());
      }
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const taken = this.waiting.splice(0, this.limit);
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
