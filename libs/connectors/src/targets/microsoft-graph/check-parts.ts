import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Wrong } from '../../contract.js';
import { checkAuthorities } from '../../http/check-certificates.js';
import type { GraphCredentials, GraphSettings } from './settings.js';

/** What the JSON Schemas cannot say. No part of the credentials is repeated. */
export function checkParts({ settings, credentials }: { settings?: object; credentials?: object }): Wrong[] {
  return [
    ...(settings ? checkAuthorities(settings as Partial<GraphSettings>) : []),
    ...(credentials ? checkCredentials(credentials as GraphCredentials) : []),
  ];
}

function checkCredentials(credentials: GraphCredentials): Wrong[] {
  if (credentials.type !== 'certificate') return [];
  const certificate = parsed(() => new X509Certificate(credentials.certificate));
  const key: KeyObject | undefined = parsed(() => createPrivateKey(credentials.privateKey));
  const wrong = (field: 'certificate' | 'privateKey', message: string) => [
    { field: `credentials.${field}`, message },
  ];
  if (!certificate)
    return wrong('certificate', 'is not a PEM certificate: copy it again, with both of its lines of dashes.');
  if (Date.parse(certificate.validTo) < Date.now())
    return wrong(
      'certificate',
      `has ended on ${certificate.validTo}: make a new one and upload it to the app registration.`,
    );
  if (!key)
    return wrong(
      'privateKey',
      'is not a PEM private key without a passphrase: take the passphrase away with openssl.',
    );
  if (key.asymmetricKeyType !== 'rsa')
    return wrong('privateKey', 'is not an RSA key: Microsoft Entra takes assertions signed with RSA alone.');
  if (!certificate.checkPrivateKey(key))
    return wrong('privateKey', 'does not belong to the certificate: give the key it was made with.');
  return [];
}

function parsed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
