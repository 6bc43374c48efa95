import { expect, it } from 'vitest';
import { hasValue, readObject } from './object-values.js';

const entry = {
  dn: 'CN=Ada,OU=Staff,DC=example,DC=com',
  objectGUID: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
  sAMAccountName: 'Zoë',
  proxyAddresses: ['SMTP:ada@example.com', 'smtp:a@example.com'],
};

it('an account whose userAccountControl cannot be read is neither active nor inactive', () => {
  const unread = readObject('user', entry)!;
  expect(unread).not.toHaveProperty('active');
  for (const flag of ['active', 'passwordNeverExpires', 'smartcardRequired', 'notDelegated'])
    expect(unread.attributes).not.toHaveProperty(flag);
  expect(unread.attributes).toMatchObject({ sAMAccountName: 'Zoë' });
  expect(readObject('user', { ...entry, userAccountControl: '514' })).toMatchObject({
    active: false,
    attributes: { active: false, passwordNeverExpires: false },
  });
});

it.each([
  ['sAMAccountName', 'Zoë', true],
  ['samaccountname', 'ZOË', true],
  ['sAMAccountName', 'Zoe\u0308', true],
  ['sAMAccountName', 'Zoe', false],
  ['sAMAccountName', 'Zoë ', false],
  ['proxyAddresses', 'smtp:A@example.com', true],
  ['proxyAddresses', 'a@example.com', false],
  ['mail', 'a@example.com', false],
])('has the %s %j: %j', (attribute, wanted, has) => {
  expect(hasValue(entry, attribute, wanted)).toBe(has);
});
