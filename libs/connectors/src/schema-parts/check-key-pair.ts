import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Wrong } from '../contract.js';

/** What is wrong with a client certificate and its key. No part of them is repeated. */
export function checkKeyPair(pair: { certificate: string; privateKey: string }): Wrong[] {
  const wrong: Wrong[] = [];
  const key = parsed(() => createPrivateKey(pair.privateKey));
  const certificate = parsed(() => new X509Certificate(pair.certificate));
  if (!key)
    wrong.push({ field: 'credentials.privateKey', message: 'is not a PEM private key without passphrase.' });
  if (!certificate) wrong.push({ field: 'credentials.certificate', message: 'is not a PEM certificate.' });
  else if (key && !certificate.checkPrivateKey(key))
    wrong.push({ field: 'credentials.privateKey', message: 'does not belong to the certificate.' });
  return wrong;
}

function parsed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
