/** Lets at most `size` pieces of work run at once, in the order they came. */
export class Slots {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(private size: number) {
    this.free = size;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  resize(size: number): void {
    this.free += size - this.size;
    this.size = size;
    while (this.free > 0 && this.waiting.length > 0) {
      this.free -= 1;
      this.waiting.shift()!();
    }
  }

  private release(): void {
    const next = this.free >= 0 ? this.waiting.shift() : undefined;
    if (next) next();
    else this.free += 1;
  }
}
