import { describe, expect, it } from 'vitest';
import type { AttributeValue } from '../../contract.js';
import { checkChanges, checkNew } from './check-values.js';

const ada = { primaryEmail: 'ada@contoso.example', 'name.givenName': 'Ada', 'name.familyName': 'Lovelace' };

describe('what Google would refuse', () => {
  it('takes a user with an address and both names, and a group with an address', () => {
    expect(checkNew('user', ada)).toBeUndefined();
    expect(checkNew('group', { email: 'g@contoso.example' })).toBeUndefined();
  });

  it.each([
    [{ primaryEmail: '' }, 'primaryEmail'],
    [{ primaryEmail: 'ada' }, 'primaryEmail'],
    [{ primaryEmail: `${'a'.repeat(65)}@contoso.example` }, 'primaryEmail'],
    [{ 'name.givenName': null }, 'name.givenName'],
    [{ 'name.familyName': 'x'.repeat(61) }, 'name.familyName'],
    [{ password: 'short' }, 'password'],
    [{ password: 'Ünïcödé-password' }, 'password'],
  ])('of a new user %j', (given: Record<string, AttributeValue>, attribute) => {
    expect(checkNew('user', { ...ada, ...given })).toMatchObject({
      kind: 'rejected',
      attribute,
      remedy: expect.any(String),
    });
  });

  it('a password is never repeated, and a hash is not held to its rules', () => {
    expect(JSON.stringify(checkNew('user', { ...ada, password: 'geheim' }))).not.toContain('geheim');
    expect(checkNew('user', { ...ada, password: '$6$abc', hashFunction: 'crypt' })).toBeUndefined();
  });

  it('of a change: taking away what must be there', () => {
    expect(checkChanges('user', [{ op: 'unset', attribute: 'name.familyName' }])).toMatchObject({
      code: 'required',
    });
    expect(checkChanges('user', [{ op: 'unset', attribute: 'name.displayName' }])).toBeUndefined();
    expect(checkChanges('group', [{ op: 'set', attribute: 'email', value: '' }])).toMatchObject({
      code: 'required',
    });
  });

  it('of a change: a value that is too long', () => {
    const description = { op: 'set' as const, attribute: 'description', value: 'x'.repeat(4097) };
    expect(checkChanges('group', [description])).toMatchObject({ code: 'invalid-value' });
  });
});
