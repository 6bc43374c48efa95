import { Injectable } from '@nestjs/common';
import {
  DirectoryStates,
  evolveGroup,
  evolveUser,
  type GroupEvent,
  type GroupState,
  type GroupWithMembers,
  type Member,
  type UserEvent,
  type UserState,
} from '@rollcall/directory';
import { type Claim, type EventRow, EventStore, type RecordedEvent } from '@rollcall/event-store';
import { Batch, Database } from '@rollcall/platform';
import { inNoGroup } from './groups-of-users.js';
import { fold, rowAndTail, type RowAndTail } from './row-and-tail.js';

const deletedUnseen = `, array(
  select d.stream_id from hub.event d where d.tenant_id = wanted.tenant_id
    and d.type in ('user.deleted', 'group.deleted') and d.position > coalesce((
      select c.position from hub.checkpoint c
      where c.tenant_id = wanted.tenant_id and c.subscriber = 'directory'), 0)) as deleted_unseen`;

const membersAmong = (parameter: string) => `${deletedUnseen}, (
  select jsonb_agg(jsonb_build_array(m.member_id, m.member_type)) from hub.directory_member m
  where m.tenant_id = $1 and m.group_id = wanted.id
    and (${parameter}::uuid[] is null or m.member_id = any(${parameter}::uuid[]))) as members`;

/** Of a user, and whether it is certain that no group holds the user. */
export interface UserAndStanding {
  user: UserState;
  inNoGroup: boolean;
}

const standing = `, ${inNoGroup('wanted.tenant_id', 'wanted.id')} as in_no_group`;

const usersById = {
  name: 'read-model.newest-users-by-id',
  text: rowAndTail(
    'directory_user',
    'select tenant_id, id, n from unnest($1::uuid[], $2::uuid[]) with ordinality a(tenant_id, id, n)',
    standing,
  ),
};
const usersByClaim = {
  name: 'read-model.newest-users-by-claim',
  text: rowAndTail(
    'directory_user',
    `select a.tenant_id, c.stream_id as id, a.n
     from unnest($1::uuid[], $2::text[], $3::text[]) with ordinality a(tenant_id, kind, key, n),
     lateral (select stream_id from hub.claim c
              where c.tenant_id = a.tenant_id and c.kind = a.kind and c.key = a.key offset 0) c`,
    standing,
  ),
};
const groupById = {
  name: 'read-model.newest-group-by-id',
  text: rowAndTail(
    'directory_group',
    'select $1::uuid as tenant_id, $2::uuid as id, 1 as n',
    membersAmong('$3'),
  ),
};
const groupByClaim = {
  name: 'read-model.newest-group-by-claim',
  text: rowAndTail(
    'directory_group',
    'select tenant_id, stream_id as id, 1 as n from hub.claim where tenant_id = $1 and kind = $2 and key = $3',
    membersAmong('$4'),
  ),
};
const kindsOf = {
  name: 'read-model.kinds',
  text: `select wanted.id as stream_id, last.stream_type, last.type from unnest($2::uuid[]) wanted(id),
         lateral (select e.stream_type, e.type from hub.event e where e.tenant_id = $1 and e.stream_id = wanted.id
                  order by e.version desc limit 1) last`,
};

type UserRows = RowAndTail & { in_no_group: boolean };
type GroupRows = RowAndTail & {
  members: [string, Member['type']][] | null;
  /** Users and groups deleted since the rows were written: no group holds them any more. */
  deleted_unseen: string[];
};

/** Look-ups of single users that come while others are under way share a round trip. */
const readTogether = 64;
const readsAtOnce = 2;

/** The newest committed state of a user or group: never older than the last event before the question. */
@Injectable()
export class NewestDirectoryStates extends DirectoryStates {
  private readonly decode: (rows: EventRow[]) => RecordedEvent[];
  private readonly byId = new Batch<{ tenantId: string; id: string }, UserAndStanding | undefined>(
    (asked) => this.users(usersById, asked.length, [asked.map((a) => a.tenantId), asked.map((a) => a.id)]),
    readTogether,
    { atOnce: readsAtOnce },
  );
  private readonly byClaim = new Batch<{ tenantId: string } & Claim, UserAndStanding | undefined>(
    (asked) =>
      this.users(usersByClaim, asked.length, [
        asked.map((a) => a.tenantId),
        asked.map((a) => a.kind),
        asked.map((a) => a.key),
      ]),
    readTogether,
    { atOnce: readsAtOnce },
  );

  constructor(
    private readonly database: Database,
    store: EventStore,
  ) {
    super();
    this.decode = (rows) => store.decode(rows);
  }

  async user(tenantId: string, id: string): Promise<UserState | undefined> {
    return (await this.userAndStanding(tenantId, id))?.user;
  }

  userAndStanding(tenantId: string, id: string): Promise<UserAndStanding | undefined> {
    return this.byId.add({ tenantId, id });
  }

  userByClaim(tenantId: string, claim: Claim): Promise<UserAndStanding | undefined> {
    return this.byClaim.add({ tenantId, ...claim });
  }

  async group(
    tenantId: string,
    id: string,
    memberIds: string[] | 'all',
  ): Promise<GroupWithMembers | undefined> {
    const ids = memberIds === 'all' ? null : memberIds;
    return this.foldGroup(await this.database.query<GroupRows>(groupById, [tenantId, id, ids]), ids);
  }

  async groupByClaim(
    tenantId: string,
    { kind, key }: Claim,
    memberIds: string[] | 'all',
  ): Promise<GroupWithMembers | undefined> {
    const ids = memberIds === 'all' ? null : memberIds;
    return this.foldGroup(
      await this.database.query<GroupRows>(groupByClaim, [tenantId, kind, key, ids]),
      ids,
    );
  }

  async kinds(tenantId: string, ids: string[]): Promise<Map<string, Member['type']>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.query<{ stream_id: string; stream_type: string; type: string }>(
      kindsOf,
      [tenantId, ids],
    );
    const kinds = new Map<string, Member['type']>();
    for (const { stream_id, stream_type, type } of rows) {
      if (type === 'user.deleted' || type === 'group.deleted') continue;
      if (stream_type === 'user') kinds.set(stream_id, 'User');
      if (stream_type === 'group') kinds.set(stream_id, 'Group');
    }
    return kinds;
  }

  private async users(
    statement: { name: string; text: string },
    asked: number,
    values: unknown[],
  ): Promise<(UserAndStanding | undefined)[]> {
    const rows = await this.database.query<UserRows>(statement, values);
    const answers = new Array<UserAndStanding | undefined>(asked);
    for (let at = 0; at < rows.length;) {
      let end = at + 1;
      while (end < rows.length && rows[end]!.n === rows[at]!.n) end++;
      const own = rows.slice(at, end);
      const { state } = fold<UserState, UserEvent>(own, this.decode, evolveUser);
      answers[own[0]!.n - 1] = state && { user: state, inNoGroup: own[0]!.in_no_group };
      at = end;
    }
    return answers;
  }

  private foldGroup(rows: GroupRows[], asked: string[] | null): GroupWithMembers | undefined {
    const { state, unseen } = fold<GroupState, GroupEvent>(rows, this.decode, evolveGroup);
    if (!state) return undefined;
    const members = new Map(
      (rows[0]!.members ?? []).map(([id, type]): [string, Member] => [id, { id, type }]),
    );
    const wanted = asked && new Set(asked);
    for (const { type, payload } of unseen) {
      const named = ((payload?.members ?? []) as Member[]).filter(({ id }) => !wanted || wanted.has(id));
      if (type === 'group.members-added') for (const member of named) members.set(member.id, member);
      if (type === 'group.members-removed') for (const { id } of named) members.delete(id);
    }
    for (const id of rows[0]!.deleted_unseen) members.delete(id);
    return { group: state, members };
  }
}
