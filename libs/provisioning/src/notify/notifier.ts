import { Database } from '@rollcall/platform';
import { randomUUID } from 'node:crypto';
import type { Alert } from './alert-kinds.js';
import type { Channel, Channels } from './channels.js';
import type { SmtpSettings, WebhookSettings } from './check-channel.js';
import type { Message } from './message.js';
import { sendMail } from './send-mail.js';
import { type Reach, type Sent, sendWebhook } from './send-webhook.js';

export interface Delivery {
  tenantId: string;
  id: string;
}

interface Claimed {
  phase: 'opened' | 'closed';
  attempts: number;
  channelId: string;
  alert: Omit<Alert, 'openedAt' | 'closedAt'> & { openedAt: string; closedAt: string | null };
}

export interface Patience {
  /** Doubling from here, up to an hour. */
  firstMs: number;
  attempts: number;
}

const longestMs = 3_600_000;

/** Sends what is to be sent of alerts: at least once, each repetition under the same id. */
export class Notifier {
  constructor(
    private readonly database: Database,
    private readonly channels: Channels,
    private readonly reach: Reach,
    private readonly patience: Patience = { firstMs: 15_000, attempts: 15 },
  ) {}

  /** What is to be sent now. */
  due(limit = 100): Promise<(Delivery & { attempts: number })[]> {
    return this.database.query(
      `select tenant_id as "tenantId", id, attempts from hub.alert_delivery
       where state = 'pending' and next_at <= now() order by next_at limit $1`,
      [limit],
    );
  }

  /**
   * One attempt. The next one is put down before this one begins: a process that is killed meanwhile has it made
   * again then, and two processes do not make it at once.
   */
  async deliver({ tenantId, id }: Delivery): Promise<void> {
    const { firstMs, attempts: most } = this.patience;
    const lease = 2 * this.reach.timeoutMs;
    const [claimed] = await this.database.query<Claimed>(
      `update hub.alert_delivery d set attempts = d.attempts + 1,
         next_at = now() + $3::float8 * interval '1 millisecond'
       from hub.alert a
       where d.tenant_id = $1 and d.id = $2 and d.state = 'pending' and d.next_at <= now()
         and a.tenant_id = d.tenant_id and a.id = d.alert_id
       returning d.phase, d.attempts, d.channel_id as "channelId", jsonb_build_object('id', a.id, 'kind', a.kind,
         'cause', a.cause, 'connectionId', a.connection_id, 'summary', a.summary, 'remedy', a.remedy,
         'details', a.details, 'openedAt', a.opened_at, 'closedAt', a.closed_at) as alert`,
      [tenantId, id, lease],
    );
    if (!claimed) return;
    const channel = await this.channels.find(tenantId, claimed.channelId);
    const sent = channel
      ? await this.send(tenantId, channel, messageOf(id, claimed))
      : { ok: false as const, final: true, message: 'The channel is gone.' };
    const over = sent.ok || sent.final || claimed.attempts >= most;
    const waitMs = Math.min(firstMs * 2 ** (claimed.attempts - 1), longestMs);
    await this.database.query(
      `update hub.alert_delivery set state = $3, last_error = $4, sent_at = case when $3 = 'sent' then now() end,
         next_at = now() + $5::float8 * interval '1 millisecond'
       where tenant_id = $1 and id = $2`,
      [tenantId, id, sent.ok ? 'sent' : over ? 'failed' : 'pending', sent.ok ? null : sent.message, waitMs],
    );
  }

  /** Sends a test message at once and says what came of it. */
  test(tenantId: string, channel: Channel): Promise<Sent> {
    return this.send(tenantId, channel, { id: randomUUID(), type: 'test', at: new Date() });
  }

  private async send(tenantId: string, channel: Channel, message: Message): Promise<Sent> {
    const secret = await this.channels.secretOf(tenantId, channel.id);
    return channel.type === 'smtp'
      ? sendMail(channel.settings as SmtpSettings, secret, message, this.reach)
      : sendWebhook(channel.settings as WebhookSettings, secret ?? '', message, this.reach);
  }
}

function messageOf(id: string, { phase, alert }: Claimed): Message {
  const { openedAt, closedAt, ...rest } = alert;
  const told: Alert = {
    ...rest,
    openedAt: new Date(openedAt),
    closedAt: phase === 'closed' && closedAt ? new Date(closedAt) : null,
  };
  return { id, type: `alert.${phase}`, at: told.closedAt ?? told.openedAt, alert: told };
}
