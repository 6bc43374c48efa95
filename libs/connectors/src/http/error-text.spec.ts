import { describe, expect, it } from 'vitest';
import { attributeNamedIn, clip } from './error-text.js';

describe('the attribute an error text names', () => {
  const attributes = [
    { name: 'name', spellings: ['name'] },
    { name: 'name.givenName', spellings: ['name.givenName', 'givenName'] },
    { name: 'a+b', spellings: ['a+b'] },
  ];

  it.each([
    ['name.givenName is too long', 'name.givenName'],
    ['GIVENNAME is too long', 'name.givenName'],
    ['the name is taken', 'name'],
    ['a+b is wrong', 'a+b'],
    ['aab is wrong', undefined],
    ['username is taken, and user.name', undefined],
    ['', undefined],
  ])('%s', (text, name) => {
    expect(attributeNamedIn(text, attributes)).toBe(name);
  });
});

it('shortens what is too long for a message', () => {
  expect(clip(' short ')).toBe('short');
  expect(clip('x'.repeat(501))).toBe(`${'x'.repeat(500)}...`);
});
