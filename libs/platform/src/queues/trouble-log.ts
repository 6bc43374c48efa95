import type { LoggerService } from '@nestjs/common';

const silenceMs = 60_000;

/** While a server is away every queue and worker complains every second: one line a minute is enough. */
export class TroubleLog {
  private readonly lastAt = new Map<string, number>();

  constructor(private readonly log: Pick<LoggerService, 'error'>) {}

  report(error: Error): void {
    const { code } = error as { code?: string };
    const key = code ?? error.message;
    const now = Date.now();
    if (now - (this.lastAt.get(key) ?? -Infinity) < silenceMs) return;
    if (this.lastAt.size > 100) this.lastAt.clear();
    this.lastAt.set(key, now);
    this.log.error(`Queue trouble, retrying: ${error.message || code}`);
  }
}

/** For the end of a process, when a server that is gone already must not hold up the rest. */
export async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
