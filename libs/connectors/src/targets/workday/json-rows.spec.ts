import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonRows, type Row } from './json-rows.js';

const rowsIn = (parser: JsonRows, pieces: string[]): Row[] => pieces.flatMap((piece) => parser.push(piece));

describe('rows of a JSON report', () => {
  it('are the same however the text is cut', () => {
    const row = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(row), fc.array(fc.nat(400)), fc.boolean(), (rows, cuts, spaced) => {
        const text = JSON.stringify({ Report_Entry: rows }, undefined, spaced ? 2 : undefined);
        const places = [
          0,
          ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b),
          text.length,
        ];
        const pieces = places.slice(1).map((end, at) => text.slice(places[at], end));
        const parser = new JsonRows();
        expect(rowsIn(parser, pieces)).toEqual(JSON.parse(JSON.stringify(rows)));
        expect(parser.complete).toBe(true);
      }),
    );
  });

  it('are not complete wherever the text breaks off', () => {
    const text = JSON.stringify({ Report_Entry: [{ a: ']}' }, { b: '\\"' }, { c: { d: [1] } }] });
    for (let end = 0; end < text.length - 1; end += 1) {
      const parser = new JsonRows();
      parser.push(text.slice(0, end));
      expect(parser.complete || parser.empty).toBe(false);
    }
  });

  it('of an empty report are none, and something else is no report', () => {
    const parser = new JsonRows();
    expect(parser.push('{ }')).toEqual([]);
    expect(parser.empty).toBe(true);
    expect(() => new JsonRows().push('x'.repeat(70_000))).toThrow('Report_Entry');
  });
});
