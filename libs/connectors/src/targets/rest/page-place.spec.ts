import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginning, type Place, placeAfter, readCursor, writeCursor } from './page-place.js';

describe('the place in a list', () => {
  it('comes back from a cursor as it was, and from nothing else', () => {
    const place = placeAfter(beginning, 'first', 3, 'token')!;
    expect(readCursor(writeCursor(place))).toEqual(place);
    expect(readCursor(undefined)).toEqual(beginning);
    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const cursor of ['nobody gave this out', encoded({}), encoded({ pages: -1, seen: 0 }), encoded([])])
      expect(readCursor(cursor)).toBeUndefined();
  });

  it('is found to go round in circles, whatever their length and what comes before', () => {
    fc.assert(
      fc.property(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 40 }), (before, length) => {
        let place: Place | undefined = beginning;
        let page = 0;
        while (place && page < 1_000) {
          const sign = page < before ? `a${page}` : `b${(page - before) % length}`;
          place = placeAfter(place, sign, 1);
          page += 1;
        }
        expect(page).toBeLessThanOrEqual(3 * Math.max(before, length) + length + 2);
      }),
    );
  });

  it('is never taken for a circle where every page is another', () => {
    let place: Place | undefined = beginning;
    for (let page = 0; page < 500; page += 1) place = place && placeAfter(place, `page ${page}`, 2);
    expect(place).toMatchObject({ pages: 500, seen: 1_000 });
  });
});
