import { describe, expect, it } from 'vitest';
import type { AttributeChange, AttributeValue } from '../../contract.js';
import { Refused } from '../ldap/result-codes.js';
import { completeSettings } from './settings.js';
import { takeApart } from './write-values.js';

const settings = completeSettings({
  url: 'ldaps://dc1',
  userBase: 'OU=People,DC=x',
  groupBase: 'OU=Groups,DC=x',
});
const set = (attribute: string, value: AttributeValue): AttributeChange => ({ op: 'set', attribute, value });

describe('what is written', () => {
  it('is taken apart by the way it is written', () => {
    const changes: AttributeChange[] = [
      set('cn', 'Ada Lovelace'),
      set('parentDistinguishedName', 'OU=Berlin, OU=People, DC=x'),
      set('active', false),
      set('passwordNeverExpires', true),
      { op: 'unset', attribute: 'smartcardRequired' },
      set('title', 'Engineer'),
      { op: 'unset', attribute: 'mail' },
      set('accountExpires', '1970-01-01'),
    ];
    expect(takeApart('user', changes, settings)).toEqual({
      name: 'Ada Lovelace',
      parent: 'OU=Berlin, OU=People, DC=x',
      flags: { active: false, passwordNeverExpires: true, smartcardRequired: false },
      plain: [
        { attribute: 'title', values: ['Engineer'] },
        { attribute: 'mail', values: [] },
        { attribute: 'accountExpires', values: ['116444736000000000'] },
      ],
    });
  });

  it('has the password in quotes and UTF-16', () => {
    const { plain } = takeApart('user', [set('unicodePwd', 'pä')], settings);
    expect(plain).toEqual([
      { attribute: 'unicodePwd', values: [Buffer.from('220070 00e4002200'.replace(' ', ''), 'hex')] },
    ]);
    const changed = takeApart('user', [set('unicodePwd', 'x')], { ...settings, mustChangePassword: true });
    expect(changed.plain[1]).toEqual({ attribute: 'pwdLastSet', values: ['0'] });
    expect(takeApart('user', [{ op: 'unset', attribute: 'unicodePwd' }], settings).plain).toEqual([]);
  });

  it('without values is as a new account has it', () => {
    const unset = (attribute: string): AttributeChange => ({ op: 'unset', attribute });
    expect(
      takeApart(
        'user',
        [unset('active'), unset('accountExpires'), unset('parentDistinguishedName')],
        settings,
      ),
    ).toEqual({
      flags: { active: true },
      parent: 'OU=People,DC=x',
      plain: [{ attribute: 'accountExpires', values: ['0'] }],
    });
  });

  it.each<[string, 'user' | 'group', AttributeChange]>([
    ['cn', 'user', { op: 'unset', attribute: 'cn' }],
    ['cn', 'user', set('cn', ['a', 'b'])],
    ['cn', 'user', set('cn', 'x'.repeat(65))],
    ['title', 'user', set('title', { a: 1 })],
    ['sAMAccountName', 'user', set('sAMAccountName', 'a'.repeat(21))],
    ['parentDistinguishedName', 'user', set('parentDistinguishedName', 'OU=Groups,DC=x')],
    ['parentDistinguishedName', 'group', set('parentDistinguishedName', 'OU=People,DC=x')],
    ['accountExpires', 'user', set('accountExpires', 'soon')],
    ['memberOf', 'user', set('memberOf', 'CN=x')],
    ['userAccountControl', 'user', set('userAccountControl', '512')],
    ['userPassword', 'user', set('userPassword', 'secret')],
    ['active', 'group', set('active', true)],
    ['active', 'user', set('active', 'False')],
    ['UnicodePwd', 'user', set('UnicodePwd', 'secret')],
    ['na me', 'user', set('na me', 'x')],
  ])('is refused by name: %s of a %s', (attribute, type, change) => {
    let refused: unknown;
    try {
      takeApart(type, [change], settings);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(Refused);
    expect((refused as Refused).refusal).toMatchObject({
      kind: 'rejected',
      attribute,
      remedy: expect.stringMatching(/.{10}/),
    });
  });
});
