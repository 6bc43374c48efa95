import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mysql, postgresql } from './dialect.js';
import { bind, fixed, joined, rendered, sql } from './sql-fragment.js';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'\'"`\\;:$?%_-a \u0000\n') }),
);

describe('statements in pieces', () => {
  it('number their values in the order of the text', () => {
    const both = joined(
      [sql`a = ${bind('1')}`, sql`b in (${joined([bind('2'), bind('3')], ', ')})`],
      ' and ',
    );
    const whole = sql`select * from ${fixed('t')} where ${both} limit 1`;
    expect(rendered(whole, postgresql)).toEqual({
      text: 'select * from t where a = $1 and b in ($2, $3) limit 1',
      values: ['1', '2', '3'],
    });
    expect(rendered(whole, mysql).text).toBe('select * from t where a = ? and b in (?, ?) limit 1');
  });

  it('no value becomes text', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1 }), (values) => {
        const all = joined(values.map(bind), ', ');
        expect(rendered(sql`select ${all}`, mysql)).toEqual({
          text: `select ${values.map(() => '?').join(', ')}`,
          values,
        });
      }),
    );
  });

  it.each([
    [postgresql, '"', /^"(?:[^"]|"")*"$/],
    [mysql, '`', /^`(?:[^`]|``)*`$/],
  ])('a name in quotes ends where it should: %s', (dialect, quote, form) => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '`', "'", ';', '\\', 'a', ' ', 'é') }), (name) => {
        const quoted = dialect.quoted(name);
        expect(quoted).toMatch(form);
        expect(quoted.slice(1, -1).replaceAll(quote + quote, quote)).toBe(name);
      }),
    );
  });
});
