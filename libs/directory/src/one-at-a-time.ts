/**
 * Runs work on one stream one after the other within this process. Without it, thirty requests on one group
 * would all load the same version and twenty-nine would have to begin again. The version check at append
 * stays the guarantee, also between processes.
 */
export class OneAtATime {
  private readonly tails = new Map<string, Promise<unknown>>();

  async run<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.tails.get(stream);
    const mine = before ? before.then(work, work) : work();
    const settled = mine.catch(() => undefined);
    this.tails.set(stream, settled);
    try {
      return await mine;
    } finally {
      if (this.tails.get(stream) === settled) this.tails.delete(stream);
    }
  }
}
