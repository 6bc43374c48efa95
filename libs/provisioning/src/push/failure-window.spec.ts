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

it('counts what is seen here and elsewhere, once', () => {
  const window = seen(1, 11);
  const told = window.tell(policy, minute)!;
  expect(told).toEqual({ counts: [{ slice: 0, good: 1, faults: 11 }], oldest: -18 });
  expect(window.tell(policy, minute)).toBeUndefined();
  expect(window.verdict(policy)).toBeUndefined();
  window.hear([{ slice: 0, good: 3, faults: 17 }]);
  expect(window.verdict(policy)).toBe('17 of 20 operations within 10 minutes failed at the target');
  window.saw('fault', policy, minute);
  expect(window.verdict(policy)).toMatch(/^18 of 21/);
  expect(window.tell(policy, minute)?.counts).toEqual([{ slice: 2, good: 0, faults: 1 }]);
});

it('keeps what could not be told, and tells it later', () => {
  const window = seen(0, 19);
  window.tell(policy, 0);
  window.saw('fault', policy, 1);
  window.untold();
  expect(window.verdict(policy)).toMatch(/^20 of 20/);
  expect(window.tell(policy, 0)?.counts.reduce((sum, { faults }) => sum + faults, 0)).toBe(20);
});

it('hears when others have dropped what they told, also with nothing to tell', () => {
  const window = new FailureWindow();
  expect(window.tell(policy, 0)).toBeUndefined();
  window.hear([{ slice: 0, good: 0, faults: 19 }]);
  expect(window.tell(policy, minute)?.counts).toEqual([]);
  window.hear([]);
  window.saw('fault', policy, minute);
  expect(window.verdict(policy)).toBeUndefined();
});
