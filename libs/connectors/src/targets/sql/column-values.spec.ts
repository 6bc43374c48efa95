import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeOf, canBeKey, parameterOf, UnfitValue } from './column-values.js';
import type { Column, ColumnKind } from './table.js';

const column = (kind: ColumnKind, more: Partial<Column> = {}): Column => ({
  name: 'c',
  type: kind,
  kind,
  nullable: true,
  hasDefault: false,
  generated: false,
  counted: false,
  unsigned: false,
  ignoresCase: false,
  rights: { select: true, insert: true, update: true },
  ...more,
});

describe('values for columns', () => {
  it.each<[ColumnKind, unknown, unknown]>([
    ['text', 'a', 'a'],
    ['text', 7, '7'],
    ['text', true, 'true'],
    ['boolean', true, '1'],
    ['boolean', 'False', '0'],
    ['integer', 7, '7'],
    ['integer', '-007', '-7'],
    ['decimal', 1.5, '1.5'],
    ['dateTime', '2026-01-31T10:00:00.5+02:00', '2026-01-31 08:00:00.5'],
    ['dateTime', '2026-01-31 10:00:00', '2026-01-31 10:00:00'],
    ['dateTime', '2026-01-31T10:00:00.1234567Z', '2026-01-31 10:00:00.123456'],
    ['date', '2026-01-31T23:59:59Z', '2026-01-31'],
    ['uuid', '00000000-0000-4000-8000-00000000000A', '00000000-0000-4000-8000-00000000000a'],
    ['json', { a: [1] }, '{"a":[1]}'],
    ['texts', 'one', ['one']],
    ['binary', 'aGk=', Buffer.from('hi')],
  ])('%s takes %j', (kind, value, bound) => {
    expect(parameterOf(column(kind), value as never)).toEqual(bound);
  });

  it.each<[() => Column, unknown, UnfitValue['code']]>([
    [() => column('text', { maxLength: 3 }), 'abcd', 'too-long'],
    [() => column('text', { allowed: ['a', 'b'] }), 'c', 'invalid-value'],
    [() => column('text'), 'a\0b', 'invalid-value'],
    [() => column('text'), '\ud800', 'invalid-value'],
    [() => column('text'), ['a'], 'invalid-value'],
    [() => column('text'), { a: 1 }, 'invalid-value'],
    [() => column('texts'), ['a', 'b\0'], 'invalid-value'],
    [() => column('boolean'), 'maybe', 'invalid-value'],
    [() => column('integer'), '1.5', 'invalid-value'],
    [() => column('integer', { range: [-128n, 127n] }), 128, 'out-of-range'],
    [() => column('decimal'), '1,5', 'invalid-value'],
    [() => column('dateTime'), '2026-02-30T10:00', 'invalid-value'],
    [() => column('dateTime'), '31.1.2026', 'invalid-value'],
    [() => column('date'), 'tomorrow', 'invalid-value'],
    [() => column('uuid'), '7', 'invalid-value'],
    [() => column('binary'), '~', 'invalid-value'],
    [() => column('other'), 'x', 'invalid-value'],
  ])('%# is refused with what to do: %s, %j', (into, value, code) => {
    let thrown: unknown;
    try {
      parameterOf(into(), value as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UnfitValue);
    expect(thrown).toMatchObject({ code, remedy: expect.stringMatching(/.{10}/) });
  });

  it('length counts characters, not halves of them', () => {
    expect(parameterOf(column('text', { maxLength: 2 }), '😀😀')).toBe('😀😀');
    expect(() => parameterOf(column('text', { maxLength: 2 }), '😀😀😀')).toThrow(UnfitValue);
  });

  it.each<[ColumnKind, unknown, unknown]>([
    ['text', 'a', 'a'],
    ['text', Buffer.from('é'), 'é'],
    ['boolean', 't', true],
    ['boolean', 0, false],
    ['integer', '9007199254740991', 9_007_199_254_740_991],
    ['integer', '9007199254740993', '9007199254740993'],
    ['decimal', '1.50', 1.5],
    ['decimal', '0.12345678901234567890', '0.12345678901234567890'],
    ['dateTime', '2026-01-31 10:00:00.500000', '2026-01-31T10:00:00.5Z'],
    ['dateTime', '2026-01-31 10:00:00+00', '2026-01-31T10:00:00Z'],
    ['dateTime', 'infinity', 'infinity'],
    ['json', '{"a":1}', { a: 1 }],
    ['texts', '{a,"b \\"c\\" {d}",NULL,""}', ['a', 'b "c" {d}', '']],
    ['texts', '{}', []],
    ['binary', '\\x6869', 'aGk='],
    ['text', null, undefined],
  ])('%s is read from %j', (kind, raw, value) => {
    expect(attributeOf(column(kind), raw)).toEqual(value);
  });

  it('a moment that is written is the moment that is read', () => {
    const moment = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, (at) => {
        const written = parameterOf(column('dateTime'), at.toISOString()) as string;
        const read = attributeOf(column('dateTime'), written) as string;
        expect(Date.parse(read)).toBe(at.getTime());
      }),
    );
  });

  it.each([
    ['7', true],
    ['-1', true],
    ['0', true],
    ['07', false],
    ['7abc', false],
    ['7.0', false],
    ['', false],
    [' 7', false],
    ['99999999999999999999', false],
  ])('%j as the key of a bigint: %s', (text, can) => {
    expect(canBeKey(column('integer', { range: [-(2n ** 63n), 2n ** 63n - 1n] }), text)).toBe(can);
  });
});
