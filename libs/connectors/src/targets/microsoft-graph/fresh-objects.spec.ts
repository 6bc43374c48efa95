import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FreshObjects } from './fresh-objects.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('knows what was made by id and by what it is matched by, for ten minutes', () => {
  const fresh = new FreshObjects();
  fresh.made('user', '1', { userPrincipalName: 'Ada@x', city: 'London' });
  expect(fresh.has('1')).toBe(true);
  expect(fresh.someHas('user', 'userPrincipalName', 'ada@X')).toBe(true);
  expect(fresh.someHas('group', 'userPrincipalName', 'ada@x')).toBe(false);
  expect(fresh.someHas('user', 'city', 'London')).toBe(false);
  vi.advanceTimersByTime(600_001);
  expect(fresh.someHas('user', 'userPrincipalName', 'ada@x')).toBe(false);
  expect(fresh.has('1')).toBe(false);
});

it('goes along with changes, and forgets what is deleted', () => {
  const fresh = new FreshObjects();
  fresh.made('user', '1', { userPrincipalName: 'ada@x', mail: 'ada@y' });
  fresh.changed('1', [
    { op: 'set', attribute: 'userPrincipalName', value: 'king@x' },
    { op: 'unset', attribute: 'mail' },
  ]);
  fresh.changed('2', [{ op: 'set', attribute: 'mail', value: 'nobody@x' }]);
  expect(fresh.someHas('user', 'userPrincipalName', 'ada@x')).toBe(false);
  expect(fresh.someHas('user', 'userPrincipalName', 'king@x')).toBe(true);
  expect(fresh.someHas('user', 'mail', 'ada@y')).toBe(false);
  expect(fresh.someHas('user', 'mail', 'nobody@x')).toBe(false);
  vi.advanceTimersByTime(599_000);
  fresh.changed('1', [{ op: 'set', attribute: 'mail', value: 'ada@z' }]);
  vi.advanceTimersByTime(2_000);
  expect(fresh.has('1')).toBe(false);
  fresh.made('user', '3', { mail: 'grace@x' });
  fresh.forget('3');
  expect(fresh.has('3') || fresh.someHas('user', 'mail', 'grace@x')).toBe(false);
});

it('keeps no more than 20,000', () => {
  const fresh = new FreshObjects();
  for (let at = 0; at <= 20_000; at += 1) fresh.made('user', String(at), {});
  expect(fresh.has('0')).toBe(false);
  expect(fresh.has('20000')).toBe(true);
});
