import type { EventStore } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import type { PoolClient } from 'pg';
import { targetStreams } from './recorded-events.js';

/** An account that still is at an app: the hub cannot erase there. */
export interface RemainingAccount {
  connection: { id: string; name: string };
  state: string;
  remoteId: string;
}

export interface Erased {
  at: Date;
  /** Erase the person's data there as well, by the app's own means. */
  accounts: RemainingAccount[];
}

/** The person cannot be erased now; the message says why and what to do. */
export class NotErasable extends Error {}

interface Parts {
  database: Database;
  events: EventStore;
  /** Erases where others keep something about the person, in the same transaction. `names` stand for the person. */
  alsoErase(
    client: Pick<PoolClient, 'query'>,
    tenantId: string,
    userId: string,
    names: string[],
  ): Promise<unknown>;
}

/**
 * Makes everything about a deleted person unreadable: the key of what was recorded is destroyed, tables lose their
 * rows or what is personal in them. That something was done, when, where and by whom stays. Undefined: there is,
 * or was, no such user. Throws NotErasable.
 */
export async function eraseUser(
  { database, events, alsoErase }: Parts,
  tenantId: string,
  userId: string,
  actor: string,
): Promise<Erased | undefined> {
  const own = await events.readStream(tenantId, userId);
  if (own[0]?.streamType !== 'user') return undefined;
  if (own.at(-1)!.type !== 'user.deleted') {
    throw new NotErasable(
      'The user is not deleted. Delete the user at the source first; once every account is deactivated or deleted, erase.',
    );
  }
  const [before] = await erasureOf(database, tenantId, userId);
  if (before) return before;
  const names = namesIn(own.map(({ payload }) => payload));
  const streams = await targetStreams({ database }, tenantId, userId);
  return database.transaction(async (client) => {
    const { rows: busy } = await client.query<{ name: string; state: string; dueAt: Date }>(
      `select c.name, w.state, w.due_at as "dueAt" from hub.work_item w
       join hub.connection c on c.tenant_id = w.tenant_id and c.id = w.connection_id and c.state <> 'disabled'
       join hub.target_object t on t.tenant_id = w.tenant_id and t.connection_id = w.connection_id
         and t.subject_id = w.subject_id and t.state in ('active', 'inactive')
       where w.tenant_id = $1 and w.subject_id = $2 and w.state <> 'idle' for update of w`,
      [tenantId, userId],
    );
    if (busy.length > 0) throw new NotErasable(busy.map(whyBusy).join(' '));
    const { rows: accounts } = await client.query<RemainingAccount>(
      `select jsonb_build_object('id', c.id, 'name', c.name) as connection, t.state, t.remote_id as "remoteId"
       from hub.target_object t
       join hub.connection c on c.tenant_id = t.tenant_id and c.id = t.connection_id
       where t.tenant_id = $1 and t.subject_id = $2 and t.state in ('active', 'inactive') order by c.name`,
      [tenantId, userId],
    );
    for (const statement of forgotten) await client.query(statement, [tenantId, userId]);
    await client.query(
      `update hub.parked_stream set error = '(erased)' where tenant_id = $1 and stream_id = any($2::uuid[])`,
      [tenantId, [userId, ...streams.keys()]],
    );
    await alsoErase(client, tenantId, userId, names);
    await events.erase(client, tenantId, userId);
    const kept = accounts.map(({ connection, state }) => ({ connection, state }));
    const { rows } = await client.query<{ at: Date }>(
      `insert into hub.erasure (tenant_id, subject_id, actor, accounts) values ($1, $2, $3, $4) returning at`,
      [tenantId, userId, actor, JSON.stringify(kept)],
    );
    return { at: rows[0]!.at, accounts };
  });
}

const ofSubject = 'where tenant_id = $1 and subject_id = $2';

const forgotten = [
  `delete from hub.directory_member where tenant_id = $1 and member_id = $2`,
  `delete from hub.directory_user where tenant_id = $1 and id = $2`,
  `delete from hub.target_reference where tenant_id = $1 and (subject_id = $2 or referenced_id = $2)`,
  `delete from hub.target_member where tenant_id = $1 and member_id = $2`,
  `delete from hub.work_member where tenant_id = $1 and member_id = $2`,
  `delete from hub.target_object ${ofSubject}`,
  `delete from hub.work_item ${ofSubject}`,
  `delete from hub.simulation_subject ${ofSubject}`,
  `update hub.operation set remote_id = null, error = null, answer = null, reason = null ${ofSubject}`,
  `update hub.account_period set remote_id = null ${ofSubject}`,
  `update hub.hold_item set reason = '(erased)', note = null ${ofSubject}`,
  `update hub.simulation set result = '{}' where tenant_id = $1 and strpos(result::text, $2::text) > 0`,
];

function whyBusy({ name, state, dueAt }: { name: string; state: string; dueAt: Date }): string {
  if (state === 'due' && dueAt > new Date()) {
    return `At "${name}" the account is to be deleted on ${dueAt.toISOString()}: erase after that, or cancel that step.`;
  }
  if (state === 'dead')
    return `At "${name}" the account could not be deactivated: retry its dead letter first.`;
  if (state === 'held' || state === 'denied') {
    return `At "${name}" an operation for the account is ${state}: decide about it first.`;
  }
  return `At "${name}" the account is still being dealt with: erase when that is done, or disable the connection.`;
}

async function erasureOf(database: Database, tenantId: string, userId: string): Promise<Erased[]> {
  return database.query<Erased>(`select at, accounts from hub.erasure ${ofSubject}`, [tenantId, userId]);
}

/** User names, names, e-mail addresses and telephone numbers the person ever had: by them others may speak of the person. */
function namesIn(payloads: (Record<string, unknown> | undefined)[]): string[] {
  const names = new Set<string>();
  const collect = (value: unknown) => {
    if (typeof value === 'string' && value.trim().length > 3) names.add(value.trim());
    if (Array.isArray(value))
      value.forEach((one) => collect((one as { value?: unknown } | null)?.value ?? one));
  };
  for (const payload of payloads) {
    const attributes = (payload?.attributes ?? payload?.set ?? {}) as Record<string, unknown>;
    for (const name of ['userName', 'displayName', 'externalId', 'emails', 'phoneNumbers'])
      collect(attributes[name]);
    collect((attributes.name as { formatted?: unknown } | undefined)?.formatted);
  }
  return [...names];
}
