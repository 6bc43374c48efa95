export interface Remembered<T> {
  /** Milliseconds since the epoch. May be brought forward, also while the answer is awaited. */
  until: number;
  answer: Promise<T>;
}

/** How long another process's change may stay unnoticed. */
const rememberMs = 1_000;
const rememberAtMost = 10_000;

/** Answers that are asked for again and again, each kept for a second at most. Failures are not kept. */
export class BriefMemory<T> {
  private readonly entries = new Map<string, Remembered<T>>();

  recall(key: string, look: (remembered: Pick<Remembered<T>, 'until'>) => Promise<T>): Remembered<T> {
    const known = this.entries.get(key);
    if (known && known.until > Date.now()) return known;
    const remembered = { until: Date.now() + rememberMs } as Remembered<T>;
    remembered.answer = look(remembered);
    if (this.entries.size >= rememberAtMost) this.entries.clear();
    this.entries.set(key, remembered);
    remembered.answer.catch(() => this.entries.delete(key));
    return remembered;
  }

  forget(): void {
    this.entries.clear();
  }
}
