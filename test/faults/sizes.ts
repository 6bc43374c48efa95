/** How many people the fault tests load: FAULT_USERS=2000 for the long form. */
export const users = Number(process.env.FAULT_USERS ?? 300);

/** Draws the moments at which things go wrong; FAULT_SEED gives others. */
export const seed = Number(process.env.FAULT_SEED ?? 1);

export function names(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `user${String(at).padStart(5, '0')}@example.com`);
}

/** Numbers below 1 that are the same in each run with the same seed. */
export function random(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many moments of the way to `most`, in order, one in each equal part of it. */
export function moments(count: number, most: number, draw: () => number): number[] {
  return Array.from({ length: count }, (_, at) => Math.floor(((at + draw()) / count) * most));
}
