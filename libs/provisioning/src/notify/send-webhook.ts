import { exchange, openAgent } from '@rollcall/connectors';
import type { WebhookSettings } from './check-channel.js';
import { type Message, webhookBody } from './message.js';
import { signedHeaders, webhookKey } from './webhook-signature.js';

/** How an attempt ended. `final`: it makes no sense to try again. */
export type Sent = { ok: true; answer: string } | { ok: false; final: boolean; message: string };

export interface Reach {
  /** See HUB_TARGET_NETWORKS. Unset: any address. */
  allowAddress?: (address: string) => boolean;
  timeoutMs: number;
}

/** One attempt. Redirects are not followed: the signature is for the address that was configured. */
export async function sendWebhook(
  { url }: WebhookSettings,
  secret: string,
  message: Message,
  { allowAddress, timeoutMs }: Reach,
): Promise<Sent> {
  const key = webhookKey(secret);
  if (!key) return { ok: false, final: true, message: 'The channel has no usable secret: set one.' };
  const body = webhookBody(message);
  const agent = openAgent({ allowAddress, connections: 1, connectTimeoutMs: timeoutMs });
  try {
    const answer = await exchange(agent, {
      method: 'POST',
      url: new URL(url),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Rollcall',
        ...signedHeaders(key, message.id, new Date(), body),
      },
      body,
      timeoutMs,
      maxAnswerBytes: 64 * 1024,
    });
    if (answer.kind === 'failure') return { ok: false, final: false, message: answer.message };
    const { status } = answer;
    if (status >= 200 && status < 300) return { ok: true, answer: `HTTP ${status}` };
    const moved =
      status >= 300 && status < 400 ? ': redirects are not followed, configure the final address' : '';
    return { ok: false, final: status === 410, message: `The receiver answered HTTP ${status}${moved}.` };
  } finally {
    await agent.destroy();
  }
}
