import type { LoadResult } from './load.js';

export interface Comparison {
  what: string;
  /** Median of the rounds. */
  ours: number;
  bare: number;
  /** Median of ours/bare, each taken in one round. */
  ratio: number;
  lowest: number;
  highest: number;
  atLeast: number;
  /** Of ours, where single requests were timed. */
  p95Ms?: number;
}

/** Takes both in turn, so that a machine that slows down slows both, and compares round by round. */
export async function compare(
  what: string,
  atLeast: number,
  rounds: number,
  sides: { ours: () => Promise<LoadResult>; bare: () => Promise<LoadResult> },
): Promise<Comparison> {
  const ours: LoadResult[] = [];
  const bare: LoadResult[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await sides.bare());
    ours.push(await sides.ours());
  }
  const ratios = ours.map((result, round) => result.perSecond / bare[round]!.perSecond);
  return {
    what,
    ours: median(ours.map(({ perSecond }) => perSecond)),
    bare: median(bare.map(({ perSecond }) => perSecond)),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    atLeast,
    p95Ms: median(ours.map(({ p95Ms }) => p95Ms)),
  };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
