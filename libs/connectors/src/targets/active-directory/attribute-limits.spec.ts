import { describe, expect, it } from 'vitest';
import { mostCharacters, wrongValue } from './attribute-limits.js';

describe('limits of attributes', () => {
  it.each(
    Object.entries(mostCharacters).filter(([name]) => !/^(c|sAMAccountName|userPrincipalName)$/.test(name)),
  )('%s has %i characters at most', (attribute, most) => {
    expect(wrongValue('user', attribute, 'x'.repeat(most))).toBeUndefined();
    expect(wrongValue('user', attribute.toUpperCase(), 'x'.repeat(most + 1))).toMatchObject({
      message: expect.stringContaining(`${most} are allowed`),
      remedy: expect.stringContaining(`${most})`),
    });
  });

  it('the account name of a person has 20 characters, that of a group 256', () => {
    expect(wrongValue('user', 'sAMAccountName', 'a'.repeat(20))).toBeUndefined();
    expect(wrongValue('user', 'sAMAccountName', 'a'.repeat(21))?.message).toContain('20');
    expect(wrongValue('group', 'sAMAccountName', 'a'.repeat(256))).toBeUndefined();
    expect(wrongValue('group', 'sAMAccountName', 'a'.repeat(257))?.message).toContain('256');
  });

  it.each([...'"/\\[]:;|=,+*?<>@\n'])('an account name must not have %j', (character) => {
    expect(wrongValue('user', 'sAMAccountName', `a${character}b`)?.message).toContain(
      JSON.stringify(character),
    );
  });

  it.each(['ada.', '...', ' ', '. .'])('an account name must not be %j', (name) => {
    expect(wrongValue('user', 'sAMAccountName', name)).toBeDefined();
  });

  it.each([
    ['sAMAccountName', 'ada.lovelace-1_x $'],
    ['userPrincipalName', 'ada@corp.example.com'],
    ['c', 'de'],
    ['wildcard', 'x'.repeat(10_000)],
  ])('%s may be %s', (attribute, value) => {
    expect(wrongValue('user', attribute, value)).toBeUndefined();
  });

  it.each([
    ['userPrincipalName', 'ada'],
    ['userPrincipalName', 'ada lovelace@corp'],
    ['userPrincipalName', 'ada@b@c'],
    ['c', 'Germany'],
    ['c', 'D1'],
  ])('%s must not be %s', (attribute, value) => {
    expect(wrongValue('user', attribute, value)?.remedy).toMatch(/.{10}/);
  });
});
