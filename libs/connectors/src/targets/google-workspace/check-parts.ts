import { X509Certificate } from 'node:crypto';
import { readKeyFile } from './service-account.js';
import type { GoogleCredentials, GoogleSettings } from './settings.js';

type Wrong = { field: string; message: string };

/** What the JSON Schemas cannot say. No part of a secret is repeated. */
export function checkParts({ settings, credentials }: { settings?: object; credentials?: object }): Wrong[] {
  return [
    ...(settings ? checkSettings(settings as Partial<GoogleSettings>) : []),
    ...(credentials ? checkCredentials(credentials as GoogleCredentials) : []),
  ];
}

function checkSettings({ caCertificates }: Partial<GoogleSettings>): Wrong[] {
  if (caCertificates === undefined) return [];
  try {
    if (Date.parse(new X509Certificate(caCertificates).validTo) > Date.now()) return [];
    return [{ field: 'settings.caCertificates', message: 'has expired: give the one in use.' }];
  } catch {
    const message = 'is not a PEM certificate: copy it again, with both of its lines of dashes.';
    return [{ field: 'settings.caCertificates', message }];
  }
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
