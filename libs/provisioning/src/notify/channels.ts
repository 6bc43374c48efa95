import { Database, Keyring } from '@rollcall/platform';
import { v7 as uuid } from 'uuid';
import type { AlertKind } from './alert-kinds.js';
import { checkChannel, type ChannelSettings, type ChannelType, InvalidChannel } from './check-channel.js';
import { newWebhookSecret } from './webhook-signature.js';

export interface Channel {
  id: string;
  name: string;
  type: ChannelType;
  settings: ChannelSettings;
  events: AlertKind[];
  enabled: boolean;
  hasSecret: boolean;
  createdAt: Date;
  updatedAt: Date;
}

export interface NewChannel {
  name: string;
  type: ChannelType;
  settings: Record<string, unknown>;
  /** smtp: the password. webhook: the signing secret; left out, one is made. */
  secret?: string;
  events: AlertKind[];
  enabled?: boolean;
}

export type ChannelChange = Partial<Omit<NewChannel, 'type'>>;

const columns = `id, name, type, settings, events, enabled, secret is not null as "hasSecret",
  created_at as "createdAt", updated_at as "updatedAt"`;

/** A tenant's ways to be told of alerts. */
export class Channels {
  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {}

  list(tenantId: string): Promise<Channel[]> {
    return this.database.query<Channel>(
      `select ${columns} from hub.notification_channel where tenant_id = $1 order by id`,
      [tenantId],
    );
  }

  async find(tenantId: string, id: string): Promise<Channel | undefined> {
    const [found] = await this.database.query<Channel>(
      `select ${columns} from hub.notification_channel where tenant_id = $1 and id = $2`,
      [tenantId, id],
    );
    return found;
  }

  /**
   * `secret` only where one was made here: it is shown this once.
   * @throws InvalidChannel
   */
  async create(tenantId: string, given: NewChannel): Promise<Channel & { secret?: string }> {
    const settings = checked(given.type, given.settings, given.secret);
    const made = given.type === 'webhook' && given.secret === undefined ? newWebhookSecret() : undefined;
    const id = uuid();
    const secret = given.secret ?? made;
    const [channel] = await this.database.query<Channel>(
      `insert into hub.notification_channel (tenant_id, id, name, type, settings, secret, events, enabled)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
      [
        tenantId,
        id,
        given.name.trim(),
        given.type,
        settings,
        secret === undefined ? null : this.seal(tenantId, id, secret),
        given.events,
        given.enabled ?? true,
      ],
    );
    return { ...channel!, ...(made !== undefined && { secret: made }) };
  }

  /**
   * Undefined: there is no such channel.
   * @throws InvalidChannel
   */
  async change(tenantId: string, id: string, change: ChannelChange): Promise<Channel | undefined> {
    const found = await this.find(tenantId, id);
    if (!found) return undefined;
    const { name, settings, secret, events, enabled } = change;
    const next = checked(found.type, settings ?? { ...found.settings }, secret);
    const [channel] = await this.database.query<Channel>(
      `update hub.notification_channel set name = coalesce($3, name), settings = $4,
         secret = coalesce($5, secret), events = coalesce($6, events), enabled = coalesce($7, enabled),
         updated_at = now()
       where tenant_id = $1 and id = $2 returning ${columns}`,
      [
        tenantId,
        id,
        name?.trim() ?? null,
        next,
        secret === undefined ? null : this.seal(tenantId, id, secret),
        events ?? null,
        enabled ?? null,
      ],
    );
    return channel;
  }

  /** What was to be sent through it is dropped. */
  async remove(tenantId: string, id: string): Promise<boolean> {
    return this.database.transaction(async (client) => {
      await client.query('delete from hub.alert_delivery where tenant_id = $1 and channel_id = $2', [
        tenantId,
        id,
      ]);
      const { rowCount } = await client.query(
        'delete from hub.notification_channel where tenant_id = $1 and id = $2',
        [tenantId, id],
      );
      return rowCount === 1;
    });
  }

  async secretOf(tenantId: string, id: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ secret: Buffer | null }>(
      'select secret from hub.notification_channel where tenant_id = $1 and id = $2',
      [tenantId, id],
    );
    return row?.secret ? this.keyring.unseal(row.secret, place(tenantId, id)).toString('utf8') : undefined;
  }

  private seal(tenantId: string, id: string, secret: string): Buffer {
    return this.keyring.seal(Buffer.from(secret), place(tenantId, id));
  }
}

function checked(
  type: ChannelType,
  settings: Record<string, unknown>,
  secret: string | undefined,
): ChannelSettings {
  const { errors, settings: read } = checkChannel(type, settings, secret);
  if (errors.length > 0) throw new InvalidChannel(errors);
  return read as ChannelSettings;
}

function place(tenantId: string, id: string): string {
  return `notification-channel/${tenantId}/${id}`;
}
