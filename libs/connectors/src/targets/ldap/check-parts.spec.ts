import { expect, it } from 'vitest';
import { checkParts } from './check-parts.js';

const right = { url: 'ldap://ldap.example.org', userBase: 'ou=people,dc=example,dc=org' };

it('takes what is right', () => {
  expect(checkParts({ settings: { ...right, userFilter: '(!(employeeType=service))' } })).toEqual([]);
});

it.each([
  [{ userFilter: '(unfinished' }, 'settings.userFilter'],
  [
    { caCertificates: '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----' },
    'settings.caCertificates',
  ],
  [{ disableBy: 'move' }, 'settings.disabledBase'],
  [{ disableBy: 'attribute', disabledValue: 'x' }, 'settings.disableAttribute'],
  [{ uidNumberFrom: 5, uidNumberTo: 4 }, 'settings.uidNumberTo'],
  [{ url: 'ldaps://ldap.example.org', security: 'starttls' }, 'settings.security'],
])('%j: names %s', (settings, field) => {
  expect(checkParts({ settings: { ...right, ...settings } }).map((each) => each.field)).toEqual([field]);
});

it('wants a key that can be read', () => {
  const credentials = { type: 'certificate', certificate: 'nonsense', privateKey: 'nonsense' };
  expect(checkParts({ credentials }).map(({ field }) => field)).toEqual([
    'credentials.privateKey',
    'credentials.certificate',
  ]);
});
