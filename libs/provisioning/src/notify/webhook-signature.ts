import { createHmac, randomBytes } from 'node:crypto';

/** A secret as Standard Webhooks writes them: "whsec_" and 32 random bytes in base64. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The bytes of such a secret; undefined when it is none with at least 24 of them. */
export function webhookKey(secret: string): Buffer | undefined {
  const encoded = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  const key = encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
  return key && key.length >= 24 && key.length <= 64 ? key : undefined;
}

/** Headers of one attempt: www.standardwebhooks.com, specification 1.0, signature scheme v1. */
export function signedHeaders(key: Buffer, id: string, at: Date, body: string): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
