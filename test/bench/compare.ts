/** What one round of one side gave. */
export interface Round {
  perSecond: number;
  /** Where single requests were timed. */
  p95Ms?: number;
}

export interface Comparison {
  what: string;
  /** Median of the rounds. */
  ours: number;
  bare: number;
  /** Median of ours/bare, each taken in one round. */
  ratio: number;
  lowest: number;
  highest: number;
  /** Unset: there is no budget for it. */
  atLeast?: number;
  /** Of ours, where single requests were timed. */
  p95Ms?: number;
}

/** Takes both in turn, so that a machine that slows down slows both, and compares round by round. */
export async function compare(
  what: string,
  atLeast: number | undefined,
  rounds: number,
  sides: { ours: () => Promise<Round>; bare: () => Promise<Round> },
): Promise<Comparison> {
  const ours: Round[] = [];
  const bare: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await sides.bare());
    ours.push(await sides.ours());
  }
  const ratios = ours.map((result, round) => result.perSecond / bare[round]!.perSecond);
  const latencies = ours.flatMap(({ p95Ms }) => p95Ms ?? []);
  return {
    what,
    ours: median(ours.map(({ perSecond }) => perSecond)),
    bare: median(bare.map(({ perSecond }) => perSecond)),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    atLeast,
    ...(latencies.length > 0 && { p95Ms: median(latencies) }),
  };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
