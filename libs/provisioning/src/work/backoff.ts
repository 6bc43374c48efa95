const firstMs = 1_000;
const longestMs = 600_000;

/**
 * How long to wait after a failed attempt: doubling from a second to ten minutes, spread by up to a quarter
 * so that many do not come back at once, and never sooner than the target asked for.
 * @param failures failed attempts so far, this one included
 * @param random in [0, 1)
 */
export function backoffMs(failures: number, random: number, askedMs = 0): number {
  const doubled = Math.min(firstMs * 2 ** Math.max(0, failures - 1), longestMs);
  return Math.max(Math.round(doubled * (1 + random / 4)), askedMs);
}
