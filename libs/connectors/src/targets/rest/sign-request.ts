import { createHmac } from 'node:crypto';
import type { SignatureForm } from './settings.js';
import { expandText, parseTemplate } from './url-template.js';

export interface Signed {
  /** Of the message: the same for each attempt. */
  id: string;
  /** Epoch milliseconds of this attempt. */
  at: number;
  method: string;
  /** With the query. */
  path: string;
  body: string;
}

/**
 * The bytes of a secret as Standard Webhooks writes them: "whsec_" and base64. Other texts are taken as they are.
 */
export const keyOf = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);

/**
 * Headers that prove a request. With two secrets there are two signatures, so that receivers which know only one of
 * them go on while the secret is changed (www.standardwebhooks.com, specification 1.0).
 */
export function signatureHeaders(
  form: SignatureForm,
  secrets: string[],
  signed: Signed,
): Record<string, string> {
  const timestamp = String(Math.floor(signed.at / 1_000));
  if (form.style === 'standard-webhooks') {
    const content = `${signed.id}.${timestamp}.${signed.body}`;
    const signatures = secrets.map((secret) => `v1,${hmac(secret, 'sha256', 'base64', content)}`);
    return {
      'webhook-id': signed.id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    };
  }
  const { header = 'X-Signature', algorithm = 'sha256', encoding = 'hex' } = form;
  const known: Record<string, string> = { ...signed, at: '', timestamp };
  const content = filled(form.content ?? '{body}', known);
  const values = secrets.map((secret) =>
    filled(form.value ?? '{signature}', { ...known, signature: hmac(secret, algorithm, encoding, content) }),
  );
  return { [header.toLowerCase()]: values.join(',') };
}

export const signedParameters = ['id', 'timestamp', 'method', 'path', 'body'];

const hmac = (secret: string, algorithm: string, encoding: 'hex' | 'base64', content: string): string =>
  createHmac(algorithm, keyOf(secret)).update(content).digest(encoding);

function filled(text: string, known: Record<string, string>): string {
  const expanded = expandText(parseTemplate(text), (name) => known[name]);
  if ('text' in expanded) return expanded.text;
  throw new TypeError(`A signature has no {${expanded.missing}}.`);
}
