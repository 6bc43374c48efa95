import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameValue } from './same-value.js';

describe('values', () => {
  it('are lists in any order, unless the order counts', () => {
    const [work, home] = [
      { type: 'work', value: 'a' },
      { value: 'b', type: 'home' },
    ];
    expect(sameValue([work, home], [{ type: 'home', value: 'b' }, work])).toBe(true);
    expect(sameValue([work, home], [home, work], true)).toBe(false);
    expect(sameValue(['a', 'a', 'b'], ['b', 'a'])).toBe(true);
    expect(sameValue(['a'], ['a', 'b'])).toBe(false);
    expect(sameValue([], [])).toBe(true);
    expect(sameValue([], ['a'])).toBe(false);
    expect(sameValue('a', ['a'])).toBe(false);
    expect(sameValue([1], ['1'])).toBe(false);
  });

  it('are the same as themselves, shuffled', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        const json = JSON.parse(JSON.stringify(values)) as unknown[];
        expect(sameValue(json, json.toReversed())).toBe(true);
      }),
    );
  });
});
