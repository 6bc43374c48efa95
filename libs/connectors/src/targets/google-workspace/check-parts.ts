import type { Wrong } from '../../contract.js';
import { checkAuthorities } from '../../http/check-certificates.js';
import { readKeyFile } from './service-account.js';
import type { GoogleCredentials, GoogleSettings } from './settings.js';

/** What the JSON Schemas cannot say. No part of a secret is repeated. */
export function checkParts({ settings, credentials }: { settings?: object; credentials?: object }): Wrong[] {
  return [
    ...(settings ? checkAuthorities(settings as Partial<GoogleSettings>) : []),
    ...(credentials ? checkCredentials(credentials as GoogleCredentials) : []),
  ];
}

function checkCredentials(credentials: GoogleCredentials): Wrong[] {
  if (credentials.type !== 'service-account') return [];
  try {
    readKeyFile(credentials.key);
    return [];
  } catch (error) {
    return [{ field: 'credentials.key', message: (error as Error).message }];
  }
}
