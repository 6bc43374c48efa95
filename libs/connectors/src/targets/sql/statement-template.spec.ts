import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mysql, postgresql } from './dialect.js';
import { rendered } from './sql-fragment.js';
import { filled, parseTemplate, TemplateError } from './statement-template.js';

const names = (text: string, dialect = postgresql) => parseTemplate(text, dialect).names;
const statement = (text: string, dialect = postgresql) =>
  rendered(
    filled(parseTemplate(text, dialect), (name) => `value of ${name}`),
    dialect,
  );

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'\'"`\\;:$?%_-a \u0000\n') }),
);

describe('statements with named parameters', () => {
  it('are handed to each driver as it wants them', () => {
    const text = 'update users set title = :title where id = :id or boss = :id;';
    expect(statement(text)).toEqual({
      text: 'update users set title = $1 where id = $2 or boss = $3',
      values: ['value of title', 'value of id', 'value of id'],
    });
    expect(statement(text, mysql).text).toBe('update users set title = ? where id = ? or boss = ?');
  });

  it.each([
    ['select \':no\' as a, "b:no" from t where c = :yes'],
    ['select a::text, b::int[] from t where c = :yes'],
    ["select 'it''s :no' -- :no\n from t /* :no */ where c = :yes"],
    ["select E'\\':no', $$ :no $$, $body$ ' :no $body$ from t where c = :yes"],
    ['select a[1:2] from t where c = :yes'],
    ['select a->>:yes from t'],
  ])('PostgreSQL: a colon in %s is a parameter once', (text) => {
    expect(names(text)).toEqual(['yes']);
  });

  it.each([
    ["select 'it\\'s :no' from t where c = :yes"],
    ['select `a:no`, "b\\":no" from t where c = :yes # :no'],
    ["select 'a' -- :no\n from t where c = :yes"],
    ['select 5 --:yes'],
  ])('MySQL: a colon in %s is a parameter once', (text) => {
    expect(names(text, mysql)).toEqual(['yes']);
  });

  it.each([
    ['select 1; drop table users', postgresql, /more than one/],
    ["select ':a", postgresql, /not closed/],
    ['select "a', mysql, /not closed/],
    ['select /* a', mysql, /not closed/],
    ['select $$ a', postgresql, /not closed/],
    ['select $1', postgresql, /without a name/],
    ['select ?', mysql, /without a name/],
    [' ;; ', postgresql, /empty/],
  ])('%s is refused', (text, dialect, why) => {
    expect(() => parseTemplate(text, dialect)).toThrow(TemplateError);
    expect(() => parseTemplate(text, dialect)).toThrow(why);
  });

  it('whatever a value is, the text of the statement stays the same', () => {
    const template = parseTemplate('insert into t values (:a, :b)', postgresql);
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const { text, values } = rendered(
          filled(template, (name) => (name === 'a' ? a : b)),
          postgresql,
        );
        expect(text).toBe('insert into t values ($1, $2)');
        expect(values).toEqual([a, b]);
      }),
    );
  });

  it('outside of parameters the text is as it was written', () => {
    const piece = fc.constantFrom(
      "'x:y'",
      '"q"',
      ':p',
      '::',
      ' ',
      'a',
      '1',
      '(',
      ',',
      "''",
      '/*c*/',
      '--z\n',
      '$$d$$',
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
        const text = pieces.join(' ');
        fc.pre(/[^\s:p]/.test(text));
        const { texts, names: found } = parseTemplate(text, postgresql);
        const again = texts.reduce((whole, each, at) => `${whole}:${found[at - 1]}${each}`);
        expect(again).toBe(text.replace(/[\s;]+$/, ''));
      }),
    );
  });
});
