import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const toleranceSeconds = 5 * 60;

/**
 * What a receiver does with a message before it believes it (www.standardwebhooks.com, specification 1.0): three
 * headers, a timestamp within five minutes, and one signature of scheme v1 that one of its secrets makes.
 * @param secrets "whsec_" and base64; receivers that change theirs know two
 * @param nowSeconds epoch seconds
 * @returns what is wrong with it; undefined: it is genuine
 */
export function verifyWebhook(
  headers: IncomingHttpHeaders,
  body: string,
  secrets: string[],
  nowSeconds: number,
): string | undefined {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const given = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof given !== 'string')
    return 'Missing required headers';
  if (!/^\d+$/.test(timestamp)) return 'Invalid timestamp';
  const age = nowSeconds - Number(timestamp);
  if (age > toleranceSeconds) return 'Message timestamp too old';
  if (age < -toleranceSeconds) return 'Message timestamp too new';
  const expected = secrets.map((secret) =>
    createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
      .update(`${id}.${timestamp}.${body}`)
      .digest(),
  );
  for (const part of given.split(' ')) {
    const [version, signature = ''] = part.split(',', 2);
    if (version !== 'v1') continue;
    const bytes = Buffer.from(signature, 'base64');
    if (expected.some((each) => each.length === bytes.length && timingSafeEqual(each, bytes)))
      return undefined;
  }
  return 'No matching signature found';
}
