import { createPrivateKey, X509Certificate } from 'node:crypto';

type Problem = { field: string; message: string };

/** Given beside credentials of any kind: the certificate the hub shows to the target (mutual TLS). */
export interface ClientCertificate {
  clientCertificate?: string;
  clientKey?: string;
}

/** What is wrong with the authorities that settings name. */
export function checkAuthorities({ caCertificates }: { caCertificates?: string }): Problem[] {
  if (caCertificates === undefined) return [];
  return wrongCertificates(caCertificates).map((message) => ({ field: 'settings.caCertificates', message }));
}

/** What is wrong with the client certificate of credentials. No part of them is repeated. */
export function checkClientCertificate({ clientCertificate, clientKey }: ClientCertificate): Problem[] {
  if (clientCertificate === undefined && clientKey === undefined) return [];
  const of = (field: string, message: string) => ({ field: `credentials.${field}`, message });
  if (clientCertificate === undefined)
    return [of('clientCertificate', 'is missing: give the certificate that belongs to clientKey.')];
  if (clientKey === undefined)
    return [of('clientKey', 'is missing: give the private key that belongs to clientCertificate.')];
  const wrong = wrongCertificates(clientCertificate).map((message) => of('clientCertificate', message));
  if (wrong.length > 0) return wrong;
  try {
    const key = createPrivateKey(clientKey);
    if (new X509Certificate(pemsIn(clientCertificate)[0]!).checkPrivateKey(key)) return [];
    return [
      of('clientKey', 'does not belong to clientCertificate: give the key the certificate was made with.'),
    ];
  } catch {
    return [
      of(
        'clientKey',
        'is not a private key in PEM without a passphrase: remove the passphrase with openssl.',
      ),
    ];
  }
}

function wrongCertificates(text: string): string[] {
  const pems = pemsIn(text);
  if (pems.length === 0) return ['has no certificate: paste it in PEM, from BEGIN to END CERTIFICATE.'];
  return pems.flatMap((pem, at) => {
    try {
      const { validTo } = new X509Certificate(pem);
      if (Date.parse(validTo) > Date.now()) return [];
      return [`has a certificate that ended on ${validTo} (number ${at + 1}): give one that is valid.`];
    } catch {
      return [`has something that is not a certificate (number ${at + 1}): paste it again in PEM.`];
    }
  });
}

const pemsIn = (text: string): string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
