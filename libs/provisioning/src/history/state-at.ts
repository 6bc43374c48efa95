import type { Attributes } from '@rollcall/connectors';
import { evolveGroup, evolveUser, type GroupEvent, type UserEvent } from '@rollcall/directory';
import type { RecordedEvent } from '@rollcall/event-store';
import type { OperationPayload } from '../report/operation.events.js';
import { redactChanges, Secrets } from '../report/redact-operation.js';
import { type Log, operationEvents, ownEvents, targetStreams } from './recorded-events.js';
import type { KnownSubject } from './subject.js';

/** A user or group as it was at a moment, as far as the hub knew then. */
export interface StateAt {
  at: Date;
  /** not-yet: it was not known yet. */
  status: 'not-yet' | 'active' | 'inactive' | 'deleted' | 'erased';
  attributes: Record<string, unknown> | null;
  /** Groups it was in. Not direct: by way of another group. */
  groups: { id: string; displayName: string | null; direct: boolean; since: Date | null }[];
  /** Of a group: how many were in it. */
  members?: number;
  accounts: AccountAt[];
}

export interface AccountAt {
  connection: { id: string; name: string | null };
  state: 'active' | 'inactive';
  remoteId: string | null;
  since: Date;
  /** What had been written there, by attribute of the target. Null once the person has been erased. */
  attributes: Attributes | null;
}

export async function stateAt(log: Log, tenantId: string, subject: KnownSubject, at: Date): Promise<StateAt> {
  const [own, groups, accounts, members] = await Promise.all([
    ownEvents(log, tenantId, [subject.id], at),
    groupsAt(log, tenantId, subject.id, at),
    accountsOf(log, tenantId, subject, at),
    subject.kind === 'group' ? memberCountAt(log, tenantId, subject.id, at) : undefined,
  ]);
  const state = own.length === 0 || subject.erased ? undefined : fold(own);
  return {
    at,
    status: subject.erased ? 'erased' : statusOf(state),
    attributes: state?.attributes ?? null,
    groups,
    ...(members !== undefined && { members }),
    accounts,
  };
}

type State = { attributes: Record<string, unknown>; deleted: boolean };

function statusOf(state: State | undefined): StateAt['status'] {
  if (!state) return 'not-yet';
  if (state.deleted) return 'deleted';
  return state.attributes.active === false ? 'inactive' : 'active';
}

function fold(events: RecordedEvent[]): State | undefined {
  return events[0]?.streamType === 'user'
    ? events.reduce<ReturnType<typeof evolveUser> | undefined>(
        (state, event) => evolveUser(state, event as unknown as UserEvent, event),
        undefined,
      )
    : events.reduce<ReturnType<typeof evolveGroup> | undefined>(
        (state, event) => evolveGroup(state, event as unknown as GroupEvent, event),
        undefined,
      );
}

async function groupsAt(log: Log, tenantId: string, id: string, at: Date): Promise<StateAt['groups']> {
  const rows = await log.database.query<{ id: string; direct: boolean; since: Date | null }>(
    `with recursive above(group_id, direct, since) as (
       select group_id, true, from_at from hub.membership_period
       where tenant_id = $1 and member_id = $2 and from_at <= $3 and to_at > $3
       union
       select p.group_id, false, null::timestamptz from above a
       join hub.membership_period p on p.tenant_id = $1 and p.member_id = a.group_id
         and p.from_at <= $3 and p.to_at > $3)
     select group_id as id, bool_or(direct) as direct, min(since) as since from above group by group_id
     order by 2 desc, 1`,
    [tenantId, id, at],
  );
  const names = await namesAt(
    log,
    tenantId,
    rows.map((row) => row.id),
    at,
  );
  return rows.map((row) => ({ ...row, displayName: names.get(row.id) ?? null }));
}

/** What groups were called then. */
export async function namesAt(
  log: Log,
  tenantId: string,
  groupIds: string[],
  at?: Date,
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const { streamId, payload } of await ownEvents(log, tenantId, groupIds, at)) {
    const { attributes, set } = (payload ?? {}) as Record<'attributes' | 'set', Record<string, unknown>>;
    const name = attributes?.displayName ?? set?.displayName;
    if (typeof name === 'string') names.set(streamId, name);
  }
  return names;
}

async function memberCountAt(
  { database }: Log,
  tenantId: string,
  groupId: string,
  at: Date,
): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `select count(*)::int as count from hub.membership_period
     where tenant_id = $1 and group_id = $2 and from_at <= $3 and to_at > $3`,
    [tenantId, groupId, at],
  );
  return row!.count;
}

async function accountsOf(log: Log, tenantId: string, subject: KnownSubject, at: Date): Promise<AccountAt[]> {
  const [periods, streams] = await Promise.all([
    log.database.query<{
      connectionId: string;
      state: AccountAt['state'];
      remoteId: string | null;
      since: Date;
    }>(
      `select p.connection_id as "connectionId", p.state, p.remote_id as "remoteId", p.from_at as since
       from hub.account_period p
       where p.tenant_id = $1 and p.subject_id = $2 and p.from_at <= $3 and p.to_at > $3
       order by p.connection_id`,
      [tenantId, subject.id, at],
    ),
    targetStreams(log, tenantId, subject.id),
  ]);
  if (periods.length === 0) return [];
  const wanted = new Set(periods.map(({ connectionId }) => connectionId));
  const ids = [...streams].filter(([, { id }]) => wanted.has(id)).map(([stream]) => stream);
  const written = subject.erased ? new Map() : writtenBy(await operationEvents(log, tenantId, ids, at));
  const names = new Map([...streams.values()].map(({ id, name }) => [id, name]));
  return periods.map(({ connectionId, ...period }) => ({
    connection: { id: connectionId, name: names.get(connectionId) ?? null },
    ...period,
    attributes: subject.erased ? null : (written.get(connectionId) ?? {}),
  }));
}

/** What had been written at each connection after these operations. */
export function writtenBy(operations: RecordedEvent[]): Map<string, Attributes> {
  const written = new Map<string, Attributes>();
  for (const { payload } of operations) {
    if (!payload) continue;
    const { connectionId, action, changes, adopted } = payload as unknown as OperationPayload;
    if (action === 'delete') {
      written.delete(connectionId);
      continue;
    }
    if (adopted) {
      written.set(connectionId, adopted);
      continue;
    }
    const before = action === 'create' || action === 'adopt' ? {} : (written.get(connectionId) ?? {});
    const after = { ...before };
    for (const { attribute, to } of redactChanges(changes, secrets)) {
      if (to === undefined) delete after[attribute];
      else after[attribute] = to;
    }
    written.set(connectionId, after);
  }
  return written;
}

const secrets = new Secrets();
