import { expect, it } from 'vitest';
import { checkParts } from './check-parts.js';

it('certificates that are none, and key files that are none, are named by their field', () => {
  const settings = { caCertificates: '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----' };
  const credentials = { type: 'service-account', key: '{}' };
  expect(checkParts({ settings, credentials }).map(({ field }) => field)).toEqual([
    'settings.caCertificates',
    'credentials.key',
  ]);
  expect(checkParts({ settings: { domain: 'contoso.example' } })).toEqual([]);
  expect(checkParts({ credentials: { type: 'refresh-token' } })).toEqual([]);
});
