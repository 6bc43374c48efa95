import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOf, keyOf } from './object-id.js';
import type { Column } from './table.js';

const text = { name: 'c', kind: 'text' } as Column;

describe('ids of rows', () => {
  it('the key of one column is the id itself', () => {
    expect(idOf(['a/b%'])).toBe('a/b%');
    expect(keyOf('a/b%', [text])).toEqual(['a/b%']);
  });

  it('a key of several columns comes back as it was', () => {
    const part = fc.string({ minLength: 1, unit: fc.constantFrom('/', '%', 'a', '2', 'F', '.', 'é', '😀') });
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 4 }), (values) => {
        const columns = values.map(() => text);
        expect(keyOf(idOf(values), columns)).toEqual(values);
      }),
    );
  });

  it.each([['a'], ['a/b/c'], ['a/%'], ['a/'], ['/']])('%j is the id of no row with two columns', (id) => {
    expect(keyOf(id, [text, text])).toBeUndefined();
  });
});
