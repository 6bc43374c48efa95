import type { Outcome, RateHints } from '@rollcall/connectors';

/** Slower than that no target is called: one call in ten seconds. */
const slowest = 0.1;
/** Of what a target leaves over until its window ends, so much is used. */
const used = 0.9;
/** To this part the rate goes when the target asks to slow down: it also says until when to wait. */
const lowered = 0.7;

export interface Heard {
  kind: Outcome<unknown>['kind'];
  /** Of a retry: one object that has to wait, a new one that cannot be seen yet, says nothing of the pace. */
  scope?: 'object' | 'connection';
  afterMs?: number;
  answer?: string;
  hints?: RateHints;
}

/**
 * Calls a second to go on with; undefined: as before. Lowered when the target asks to slow down, and
 * as many as last until the target's window ends as soon as half of it is used.
 * @param going calls a second now, of all processes
 * @param learned the rate held to because of what the target said before
 * @param now in milliseconds
 */
export function rateAfter(
  heard: Heard,
  going: number,
  learned: number | undefined,
  now: number,
): number | undefined {
  if (asksToSlowDown(heard)) {
    return Math.max(slowest, Math.min(Math.max(going, 1), learned ?? Infinity) * lowered);
  }
  const { limit, remaining, resetAt } = heard.hints ?? {};
  if (remaining === undefined || resetAt === undefined || resetAt <= now) return undefined;
  const plenty = limit !== undefined && remaining * 2 > limit;
  if (plenty && learned === undefined) return undefined;
  const lasting = Math.max(slowest, (remaining * used * 1_000) / (resetAt - now));
  if (learned === undefined) return lasting < going ? lasting : undefined;
  return lasting < learned * 0.9 || lasting > learned * 1.25 ? lasting : undefined;
}

export function asksToSlowDown({ kind, scope, afterMs, answer, hints }: Heard): boolean {
  const waits = scope !== 'object' && (afterMs !== undefined || hints?.remaining === 0);
  return kind === 'retry' && (waits || /^HTTP 429\b/.test(answer ?? ''));
}

/** This process's part of so many calls at once; the parts come to the whole while there are enough for everybody. */
export function shareOf(whole: number, { count, rank }: { count: number; rank: number }): number {
  return Math.max(1, Math.floor(whole / count) + (rank < whole % count ? 1 : 0));
}
