import { describe, expect, it } from 'vitest';
import { freeName, isNumbered } from './numbered-names.js';

describe('numbers behind names', () => {
  it('takes the name itself, then the lowest free number', () => {
    expect(freeName('Ada', new Set())).toBe('Ada');
    expect(freeName('Ada', new Set(['ada']))).toBe('Ada 2');
    expect(freeName('Ada', new Set(['ada', 'ada 2', 'ada 4']))).toBe('Ada 3');
  });

  it('stays within 64 characters, and different', () => {
    const name = `${'x'.repeat(61)} yz`;
    const taken = new Set<string>();
    for (let round = 0; round < 1_100; round += 1) {
      const free = freeName(name, taken);
      expect(free.length).toBeLessThanOrEqual(64);
      expect(round === 0 || isNumbered(free, name)).toBe(true);
      taken.add(free.toLowerCase());
    }
    expect(taken.size).toBe(1_100);
  });

  it.each([
    ['Ada 2', 'Ada', true],
    ['Ada 21', 'Ada', true],
    ['Ada', 'Ada', false],
    ['Ada 1', 'Ada', false],
    ['Ada 0', 'Ada', false],
    ['Ada 02', 'Ada', false],
    ['Adam 2', 'Ada', false],
  ])('%s is a number of %s: %s', (candidate, name, is) => {
    expect(isNumbered(candidate, name)).toBe(is);
  });
});
