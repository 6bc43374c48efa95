import { expect, it } from 'vitest';
import { Settling } from './settling.js';

it('what was made a moment ago may be hidden, for two minutes and until it is deleted', () => {
  let now = 0;
  const settling = new Settling(() => now);
  settling.made('a');
  settling.made('b');
  expect(settling.mayBeHidden('a')).toBe(true);
  expect(settling.mayBeHidden('c')).toBe(false);
  settling.gone('b');
  expect(settling.mayBeHidden('b')).toBe(false);
  now = 119_999;
  expect(settling.mayBeHidden('a')).toBe(true);
  now = 120_000;
  expect(settling.mayBeHidden('a')).toBe(false);
});

it('forgets the oldest of very many', () => {
  const settling = new Settling(() => 0);
  for (let at = 0; at <= 10_000; at += 1) settling.made(String(at));
  expect(settling.mayBeHidden('0')).toBe(false);
  expect(settling.mayBeHidden('1')).toBe(true);
  expect(settling.mayBeHidden('10000')).toBe(true);
});
