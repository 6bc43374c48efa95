import fc from 'fast-check';
import { expect, it } from 'vitest';
import { below, escapeRdnValue, isBelow, rdnOf, readRdn, sameName, splitName } from './distinguished-name.js';

const value = fc.oneof(
  fc.string({ minLength: 1, unit: 'grapheme' }),
  fc.string({ minLength: 1, unit: fc.constantFrom(...' ,+"\\<>;=#a\u0000\n') }),
);

it('a value that is escaped is read back as it was', () => {
  fc.assert(
    fc.property(value, (text) => {
      expect(readRdn(rdnOf('uid', text))).toEqual({ attribute: 'uid', value: text });
    }),
  );
});

it('no value breaks out of its place', () => {
  fc.assert(
    fc.property(value, value, (text, other) => {
      const dn = below(rdnOf('uid', text), below(rdnOf('ou', other), 'dc=org'));
      expect(splitName(dn)).toEqual({ rdn: rdnOf('uid', text), parent: `${rdnOf('ou', other)},dc=org` });
      expect(isBelow(dn, `${rdnOf('ou', other)},dc=org`)).toBe(true);
    }),
  );
});

it('escaped values have neither a raw comma nor a backslash that ends them', () => {
  fc.assert(
    fc.property(value, (text) => {
      expect(escapeRdnValue(text).replace(/\\[0-9A-F]{2}/g, '')).not.toMatch(/[\\,+"<>;=]/);
    }),
  );
});

it.each([
  ['cn=Ada,ou=People,dc=org', 'CN=ada, OU=people, DC=org', true],
  ['cn=a\\,b,dc=org', 'cn=a\\2Cb,dc=org', true],
  ['cn=a\\2Cb,dc=org', 'cn=a,b=c,dc=org', false],
  ['cn=ada,dc=org', 'cn=adam,dc=org', false],
])('%s and %s: the same is %s', (one, other, same) => {
  expect(sameName(one, other)).toBe(same);
});

it('a base is matched by whole parts', () => {
  expect(isBelow('uid=x,ou=people,dc=org', 'ou=people,dc=org')).toBe(true);
  expect(isBelow('uid=x,ou=notpeople,dc=org', 'people,dc=org')).toBe(false);
});
