import { describe, expect, it } from 'vitest';
import { checkParts } from './check-parts.js';

const good = { url: 'ldaps://dc1.corp.example.com', userBase: 'OU=Staff,DC=corp,DC=example,DC=com' };

describe('settings of a domain', () => {
  it('are taken', () => {
    expect(checkParts({ settings: good })).toEqual([]);
    expect(checkParts({ settings: { ...good, userFilter: '(!(employeeType=service))' } })).toEqual([]);
    expect(checkParts({ credentials: { type: 'simple', user: 'svc', password: 'x' } })).toEqual([]);
  });

  it.each([
    ['settings.url', { url: 'ldap://[' }],
    ['settings.url', { url: 'ldap://dc1:3268' }],
    ['settings.url', { url: 'ldaps://dc1:3269' }],
    ['settings.security', { security: 'starttls' }],
    ['settings.userFilter', { userFilter: '(!(a=b)' }],
    ['settings.userFilter', { userFilter: '(nonsense)' }],
    ['settings.caCertificates', { caCertificates: '-----BEGIN CERTIFICATE-----' }],
  ])('%s is refused: %j', (field, more) => {
    expect(checkParts({ settings: { ...good, ...more } }).map((wrong) => wrong.field)).toEqual([field]);
  });

  it('a key that belongs to no certificate is refused without being repeated', () => {
    const wrong = checkParts({
      credentials: { type: 'certificate', certificate: 'none', privateKey: 'the secret' },
    });
    expect(wrong.map(({ field }) => field).sort()).toEqual([
      'credentials.certificate',
      'credentials.privateKey',
    ]);
    expect(JSON.stringify(wrong)).not.toContain('the secret');
  });
});
