import type { Round } from './compare.js';

/** Does it so often, so many at once; each lane takes the next when it is done with one. */
export async function timedLanes(
  lanes: number,
  count: number,
  work: (at: number, lane: number) => Promise<void>,
): Promise<Round> {
  let next = 0;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      while (next < count) await work(next++, lane);
    }),
  );
  return { perSecond: (count * 1000) / (performance.now() - from) };
}
