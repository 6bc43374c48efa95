import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRows } from './read-rows.js';
import { encodeFile, fits, type Format, guardFormula, rowAsText, unguardFormula } from './rows-as-text.js';

const format: Format = {
  encoding: 'utf-8',
  bom: false,
  delimiter: ',',
  quote: '"',
  quoteAll: false,
  lineEnd: 'crlf',
  header: false,
  guardFormulas: true,
};

const value = fc
  .array(fc.constantFrom(...'=+-@\t\r\n\'",;| aé€', '\uFEFF'), { maxLength: 6 })
  .map((characters) => characters.join(''));

async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

describe('formulas', () => {
  it.each(['=1+1', '+44 20', '-1', '@SUM', '\tx', "'=1", "''@"])('%j is guarded, and comes back', (text) => {
    expect(guardFormula(text)).toBe(`'${text}`);
    expect(unguardFormula(guardFormula(text))).toBe(text);
  });

  it.each(["O'Neill", "'tis", 'a=b', ''])('%j is left alone', (text) => {
    expect(guardFormula(text)).toBe(text);
    expect(unguardFormula(text)).toBe(text);
  });
});

describe('rows', () => {
  it('come back as they were, in every form and however the file is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(value, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(',', ';', '|', '\t') as fc.Arbitrary<Format['delimiter']>,
        fc.constantFrom('"', "'") as fc.Arbitrary<Format['quote']>,
        fc.record({ bom: fc.boolean(), quoteAll: fc.boolean(), guardFormulas: fc.boolean() }),
        fc.constantFrom('utf-8', 'utf-16le'),
        fc.integer({ min: 1, max: 20 }),
        async (rows, delimiter, quote, flags, encoding, size) => {
          const given: Format = { ...format, delimiter, quote, encoding, ...flags };
          const content = encodeFile(
            rows.map((row) => rowAsText(row, given)),
            given,
          );
          const read = await readRows(inPieces(content, size), given, 'users.csv', ['a', 'b', 'c']);
          const back: string[][] = [];
          for await (const { values, wrong } of read.rows) {
            expect(wrong).toBeUndefined();
            back.push(values);
          }
          expect(back).toEqual(rows);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('tell the line they begin in', async () => {
    const text = 'a,b,c\n"x\ny",1,2\n\n1,2\n3,4,5\n';
    const read = await readRows(inPieces(Buffer.from(text), 4), { ...format, header: true }, 'users.csv', []);
    const lines: unknown[] = [];
    for await (const { line, wrong } of read.rows) lines.push([line, wrong]);
    expect(lines).toEqual([
      [2, undefined],
      [5, 'has 2 fields instead of 3'],
      [6, undefined],
    ]);
  });
});

describe('encodings', () => {
  it('tell what they lack', () => {
    expect(fits('Größe €', 'windows-1252')).toBe(true);
    expect(fits('λ', 'windows-1252')).toBe(false);
    expect(fits('\uD800', 'utf-8')).toBe(false);
    expect(fits('\uFEFFx', 'utf-8')).toBe(true);
  });
});
