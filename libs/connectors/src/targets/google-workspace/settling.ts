const settlesWithinMs = 120_000;
const mostKept = 10_000;

/**
 * What was made a moment ago. Google may answer 404 or 403 about it for a while, which must not be taken for
 * its being gone.
 */
export class Settling {
  private readonly madeAt = new Map<string, number>();

  constructor(private readonly now: () => number = Date.now) {}

  made(id: string): void {
    this.madeAt.set(id, this.now());
    if (this.madeAt.size > mostKept) this.madeAt.delete(this.madeAt.keys().next().value!);
  }

  gone(id: string): void {
    this.madeAt.delete(id);
  }

  mayBeHidden(id: string): boolean {
    const at = this.madeAt.get(id);
    return at !== undefined && this.now() - at < settlesWithinMs;
  }
}
