import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScimError } from '../scim-error.js';
import { compareOperators, type Filter } from './filter.js';
import { parseFilter } from './parse-filter.js';
import { printFilter } from './print-filter.js';

const compare = (name: string, op: string, value: unknown) => ({ kind: 'compare', name, op, value });

function refusal(text: string): ScimError {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
  throw new Error(`was not refused: ${text}`);
}

describe('the filter grammar of RFC 7644 figure 1', () => {
  it.each([
    ['userName eq "bjensen"', compare('userName', 'eq', 'bjensen')],
    ['name.familyName co "O\'Malley"', compare('name.familyName', 'co', "O'Malley")],
    ['  userName   sw "J"  ', compare('userName', 'sw', 'J')],
    [
      'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"',
      compare('urn:ietf:params:scim:schemas:core:2.0:User:userName', 'sw', 'J'),
    ],
    ['title pr', { kind: 'present', name: 'title' }],
    [
      'meta.lastModified gt "2011-05-13T04:42:34Z"',
      compare('meta.lastModified', 'gt', '2011-05-13T04:42:34Z'),
    ],
    ['active EQ true', compare('active', 'eq', true)],
    ['active ne false', compare('active', 'ne', false)],
    ['title eq null', compare('title', 'eq', null)],
    ['size ge -1.5e3', compare('size', 'ge', -1500)],
    ['a eq "\\u0041\\n\\"x\\\\"', compare('a', 'eq', 'A\n"x\\')],
    ['externalId eq jyoung', compare('externalId', 'eq', 'jyoung')],
    ['externalId eq 007', compare('externalId', 'eq', '007')],
    ['members.$ref pr', { kind: 'present', name: 'members.$ref' }],
  ])('%s', (text, filter) => {
    expect(parseFilter(text)).toEqual(filter);
  });

  it('lets "and" bind tighter than "or", brackets over both', () => {
    expect(parseFilter('a pr or b pr and c pr')).toEqual(parseFilter('a pr or (b pr and c pr)'));
    expect(parseFilter('(a pr or b pr) and c pr')).not.toEqual(parseFilter('a pr or b pr and c pr'));
    expect(parseFilter('NOT (a pr) AND b pr')).toEqual({
      kind: 'and',
      operands: [
        { kind: 'not', operand: { kind: 'present', name: 'a' } },
        { kind: 'present', name: 'b' },
      ],
    });
  });

  it('reads value paths, with what stands behind them drawn in', () => {
    const drawnIn = parseFilter('emails[type eq "work" and value co "x"]');
    expect(parseFilter('emails[type eq "work"].value co "x"')).toEqual(drawnIn);
    expect(parseFilter('emails[type eq "work"] co "x"')).toEqual(drawnIn);
    expect(parseFilter('emails[not (type eq "work")] and title pr')).toMatchObject({ kind: 'and' });
  });

  it.each([
    ['', 1, 'an attribute name'],
    ['userName', 9, 'an operator after userName'],
    ['userName is "x"', 10, 'an operator after userName'],
    ['userName eq', 12, 'a value'],
    ["userName eq 'x'", 13, 'a value'],
    ['userName co x', 13, 'a value'],
    ['userName eq "x', 13, 'a closing quotation mark'],
    ['userName eq "\\q"', 13, 'JSON escapes'],
    ['userName eq "\\u0000"', 13, 'valid Unicode without NUL'],
    ['userName eq "\\ud800"', 13, 'valid Unicode'],
    ['userName eq "x" userName', 17, '"and", "or" or the end'],
    ['displayName eq Foo Bar', 20, '"and", "or" or the end'],
    ['(a pr', 6, '")"'],
    ['a pr)', 5, '"and", "or" or the end'],
    ['not a pr', 5, '"(" after "not"'],
    ['emails[type eq "work"', 22, '"]"'],
    ['emails[a[b pr]]', 9, 'an operator'],
    ['emails[type eq "work"].', 23, 'the name of a sub-attribute'],
    ['a pr and', 9, 'an attribute name'],
    ['"a" eq "b"', 1, 'an attribute name'],
    ['a..b eq "c"', 1, 'an attribute name'],
    ['a eq 1e999', undefined, undefined],
  ])('refuses %s', (text, position, expected) => {
    if (position === undefined) {
      expect(parseFilter(text)).toEqual(compare('a', 'eq', '1e999'));
      return;
    }
    const error = refusal(text);
    expect(error).toMatchObject({ status: 400, scimType: 'invalidFilter' });
    expect(error.detail).toContain(`at character ${position}:`);
    expect(error.detail).toContain(expected);
  });

  it('limits depth and length', () => {
    expect(refusal(`${'('.repeat(60)}a pr${')'.repeat(60)}`).detail).toContain('deeper than');
    expect(refusal(`${'not ('.repeat(5000)}`).detail).toContain('longer than');
    expect(refusal('a'.repeat(20_000)).detail).toContain('longer than');
  });

  it('meets any text with a filter or a ScimError', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'userName',
        'eq',
        'pr',
        'and',
        'or',
        'not',
        '(',
        ')',
        '[',
        ']',
        '"',
        '\\',
        '.',
        ':',
        'urn:a:',
        ' ',
        '1',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        for (const text of [pieces.join(''), pieces.join(' ')]) {
          try {
            parseFilter(text);
          } catch (error) {
            if (!(error instanceof ScimError)) throw error;
            expect(error.status).toBe(400);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('reads back what it prints', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(parseFilter(printFilter(filter))).toEqual(filter);
      }),
    );
  });
});

const name = fc.constantFrom('userName', 'name.givenName', 'urn:x:2.0:User:a-b', 'members.$ref', 'Title');
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
  fc.boolean(),
  fc.constant(null),
);
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ kind: fc.constant('present' as const), name }),
  fc.record({ kind: fc.constant('compare' as const), name, op: fc.constantFrom(...compareOperators), value }),
);
const combined = (part: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
  fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    part,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(part, { minLength: 2, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('not' as const), operand: part }),
  );
const inElement = combined(combined(leaf));
const anyFilter = combined(
  combined(
    fc.oneof(
      leaf,
      fc.record({ kind: fc.constant('element' as const), name: fc.constant('emails'), filter: inElement }),
    ),
  ),
);
