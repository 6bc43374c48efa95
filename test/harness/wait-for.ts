import { setTimeout as wait } from 'node:timers/promises';

/**
 * Asks again until the answer is truthy, and returns it. An exception ends the wait, so a condition that
 * may throw for a while catches that itself.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 60_000, intervalMs = 20, what }: { timeoutMs?: number; intervalMs?: number; what: string },
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const answer = await condition();
    if (answer) return answer as Exclude<T, undefined | null | false | 0 | ''>;
    if (Date.now() > until) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
    await wait(intervalMs);
  }
}
