import { expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

it('doubles from a second to ten minutes, spreads, and never comes before it is asked to', () => {
  expect([1, 2, 3, 4].map((failures) => backoffMs(failures, 0))).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(backoffMs(60, 0)).toBe(600_000);
  expect(backoffMs(1, 0.999)).toBe(1_250);
  expect(backoffMs(1, 0, 30_000)).toBe(30_000);
});
