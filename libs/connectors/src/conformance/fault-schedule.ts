import type { Fault } from './fault-proxy.js';

/** The same seed gives the same faults. */
export function drawFaults(seed: number, count: number): Fault[] {
  const draw = randomFrom(seed);
  const actions = ['cut', 'cut', 'half', 'stall'] as const;
  return Array.from({ length: count }, () => {
    const action = actions[Math.floor(draw() * actions.length)]!;
    const when = action === 'half' || draw() < 0.6 ? 'after' : 'before';
    return { action, when, at: Math.floor(draw() * 4) };
  });
}

/** mulberry32: numbers from 0 to below 1. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
