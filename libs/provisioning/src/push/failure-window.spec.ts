import { expect, it } from 'vitest';
import { FailureWindow } from './failure-window.js';

const policy = { enabled: true, failurePercent: 60, atLeast: 20, withinMinutes: 10 };
const minute = 60_000;

function seen(good: number, faults: number, from = 0, window = new FailureWindow()): FailureWindow {
  for (let at = 0; at < good; at += 1) window.saw('good', policy, from + at);
  for (let at = 0; at < faults; at += 1) window.saw('fault', policy, from + good + at);
  return window;
}

it('speaks up at the share and at the number, and not before', () => {
  expect(seen(8, 12).verdict(policy)).toBe('12 of 20 operations within 10 minutes failed at the target');
  expect(seen(9, 12).verdict(policy)).toBeUndefined();
  expect(seen(0, 19).verdict(policy)).toBeUndefined();
  expect(seen(0, 20).verdict({ ...policy, enabled: false })).toBeUndefined();
});

it('forgets what is older than the window', () => {
  const window = seen(0, 19);
  expect(seen(0, 1, 9 * minute, window).verdict(policy)).toBeDefined();
  expect(seen(0, 1, 11 * minute, window).verdict(policy)).toBeUndefined();
});
