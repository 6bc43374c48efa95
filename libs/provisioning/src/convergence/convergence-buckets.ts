/** Upper bounds of the histogram, in milliseconds. What takes longer is in the last bucket. */
export const bucketBounds = [
  100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 1_800_000, 7_200_000, 43_200_000,
] as const;

/** Index of the bucket a time falls into; `bucketBounds.length` for the last, which has no bound. */
export function bucketOf(ms: number): number {
  const at = bucketBounds.findIndex((bound) => ms <= bound);
  return at === -1 ? bucketBounds.length : at;
}
