import { expect, it } from 'vitest';
import { dayAt, daysLater, dayOf, isYes } from './tenant-time.js';

it('knows the day of a place', () => {
  expect(dayAt(Date.parse('2026-03-01T05:00:00Z'), 'America/Los_Angeles')).toBe('2026-02-28');
  expect(dayAt(Date.parse('2026-03-01T05:00:00Z'), 'Asia/Tokyo')).toBe('2026-03-01');
  expect(daysLater('2024-02-28', 2)).toBe('2024-03-01');
  expect(daysLater('2026-01-01', -1)).toBe('2025-12-31');
  expect(() => dayAt(0, 'Mars/Olympus')).toThrow(RangeError);
});

it.each([
  ['2021-02-01', '2021-02-01'],
  ['2021-02-01-08:00', '2021-02-01'],
  ['2021-02-01Z', '2021-02-01'],
  ['2021-02-01T00:00:00.000-08:00', '2021-02-01'],
  ['2021-02-31x', undefined],
  ['2021-13-01', undefined],
  ['02/01/2021', undefined],
  [undefined, undefined],
])('the day of %s is %s', (text, day) => {
  expect(dayOf(text)).toBe(day);
});

it('takes 1 and true for yes', () => {
  expect(['1', 'true', 'Yes', ' y '].map(isYes)).toEqual([true, true, true, true]);
  expect(['0', 'false', '', undefined].map(isYes)).toEqual([false, false, false, false]);
});
