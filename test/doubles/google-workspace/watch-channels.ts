import { randomUUID } from 'node:crypto';
import { type Account, type Json } from './account.js';
import { ApiError, required } from './api-error.js';
import type { UserEvent } from './users.js';

interface Channel {
  id: string;
  resourceId: string;
  resourceUri: string;
  address: string;
  token?: string;
  expiration: number;
  event?: string;
  messages: number;
}

/** users.watch and channels.stop: https://developers.google.com/workspace/admin/directory/v1/guides/push */
export class WatchChannels {
  private readonly channels = new Map<string, Channel>();
  private readonly sending = new Set<Promise<unknown>>();

  constructor(private readonly account: Account) {}

  open(body: Json, query: URLSearchParams, resourceUri: string): Json {
    if (!body.id) throw required('id');
    if (body.type !== 'web_hook') throw new ApiError(400, 'invalid', 'Invalid value for: type');
    if (this.channels.has(body.id)) throw new ApiError(400, 'channelIdNotUnique', 'Channel id not unique');
    const ttl = Math.min(Number(body.params?.ttl ?? 7200), 172_800);
    const channel: Channel = {
      id: body.id,
      resourceId: randomUUID(),
      resourceUri,
      address: body.address,
      token: body.token,
      expiration: this.account.now() + ttl * 1000,
      event: query.get('event') ?? undefined,
      messages: 0,
    };
    this.channels.set(channel.id, channel);
    this.send(channel, 'sync');
    const { id, resourceId, token, expiration } = channel;
    return { kind: 'api#channel', id, resourceId, resourceUri, token, expiration: String(expiration) };
  }

  stop(body: Json): void {
    const channel = this.channels.get(body.id);
    if (channel?.resourceId !== body.resourceId) throw new ApiError(404, 'notFound', 'Channel not found');
    this.channels.delete(body.id);
  }

  told({ event, user }: UserEvent): void {
    for (const channel of this.channels.values()) {
      if (channel.expiration <= this.account.now()) this.channels.delete(channel.id);
      else if (channel.event === undefined || channel.event === event) this.send(channel, event, user);
    }
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.sending);
  }

  private send(channel: Channel, state: string, user?: Json): void {
    channel.messages += 1;
    const { kind, id, etag, primaryEmail } = user ?? {};
    const sent = fetch(channel.address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=UTF-8',
        'x-goog-channel-id': channel.id,
        'x-goog-channel-expiration': new Date(channel.expiration).toUTCString(),
        'x-goog-message-number': String(channel.messages),
        'x-goog-resource-id': channel.resourceId,
        'x-goog-resource-state': state,
        'x-goog-resource-uri': channel.resourceUri,
        ...(channel.token !== undefined && { 'x-goog-channel-token': channel.token }),
      },
      ...(user && { body: JSON.stringify({ kind, id, etag, primaryEmail }) }),
    })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined)
      .finally(() => this.sending.delete(sent));
    this.sending.add(sent);
  }
}
