import fc from 'fast-check';
import { expect, it } from 'vitest';
import { causeOf, valuesIn } from './dead-letter-cause.js';

const rejected = (message: string, more: object = {}) => ({ kind: 'rejected' as const, message, ...more });

it.each([
  [
    rejected('ada@example.com has a wrong title', { code: 'invalidValue', attribute: 'title' }),
    'invalidValue (title): <address> has a wrong title',
  ],
  [
    rejected(`Object 3f2b6c1e-0000-4000-8000-1234567890ab is locked since 2026-03-01T09:30:00Z`),
    'rejected: Object <id> is locked since <date>',
  ],
  [
    rejected('HTTP 422: row 17 of 230 is "Lovelace"'),
    'rejected: HTTP 422: row <number> of <number> is <value>',
  ],
  [rejected('see https://app.example.com/users/17?x=1 for more'), 'rejected: see <url> for more'],
  [rejected('token 5f4dcc3b5aa765d61d8327de is stale'), 'rejected: token <id> is stale'],
])('%o becomes %s', (error, cause) => {
  expect(causeOf(error)).toBe(cause);
});

it('is the same for two people who fail for the same reason', () => {
  const person = (name: string, title: string) => ({ userName: name, name: { familyName: name }, title });
  const of = (name: string, title: string) =>
    causeOf(rejected(`Title ${title} of ${name} is too long`), valuesIn(person(name, title)));
  expect(of('Ada', 'Countess (ret.)')).toBe('rejected: Title <value> of <value> is too long');
  const word = fc.stringMatching(/^[a-z(*.+]{3,12}$/);
  fc.assert(
    fc.property(word, word, (name, title) => {
      expect(of(`Q${name}Q`, `Z${title}Z`)).toBe(of('Ada', 'Countess'));
    }),
  );
});
