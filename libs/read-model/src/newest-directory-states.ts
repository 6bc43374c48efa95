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
import { Database } from '@rollcall/platform';
import { fold, rowAndTail, type RowAndTail } from './row-and-tail.js';

const byId = 'select $2::uuid as id';
const byClaim = 'select stream_id as id from hub.claim where tenant_id = $1 and kind = $2 and key = $3';
const membersAmong = (parameter: string) => `, (
  select jsonb_agg(jsonb_build_array(m.member_id, m.member_type)) from hub.directory_member m
  where m.tenant_id = $1 and m.group_id = wanted.id
    and (${parameter}::uuid[] is null or m.member_id = any(${parameter}::uuid[]))) as members`;

const userById = { name: 'read-model.user-by-id', text: rowAndTail('directory_user', byId) };
const userByClaim = { name: 'read-model.user-by-claim', text: rowAndTail('directory_user', byClaim) };
const groupById = {
  name: 'read-model.group-by-id',
  text: rowAndTail('directory_group', byId, membersAmong('$3')),
};
const groupByClaim = {
  name: 'read-model.group-by-claim',
  text: rowAndTail('directory_group', byClaim, membersAmong('$4')),
};
const kindsOf = {
  name: 'read-model.kinds',
  text: `select wanted.id as stream_id, last.stream_type, last.type from unnest($2::uuid[]) wanted(id),
         lateral (select e.stream_type, e.type from hub.event e where e.tenant_id = $1 and e.stream_id = wanted.id
                  order by e.version desc limit 1) last`,
};

type GroupRows = RowAndTail & { members: [string, Member['type']][] | null };

/** The newest committed state of a user or group: never older than the last event before the question. */
@Injectable()
export class NewestDirectoryStates extends DirectoryStates {
  private readonly decode: (rows: EventRow[]) => RecordedEvent[];

  constructor(
    private readonly database: Database,
    store: EventStore,
  ) {
    super();
    this.decode = (rows) => store.decode(rows);
  }

  async user(tenantId: string, id: string): Promise<UserState | undefined> {
    return this.foldUser(await this.database.query<RowAndTail>(userById, [tenantId, id]));
  }

  async userByClaim(tenantId: string, { kind, key }: Claim): Promise<UserState | undefined> {
    return this.foldUser(await this.database.query<RowAndTail>(userByClaim, [tenantId, kind, key]));
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

  private foldUser(rows: RowAndTail[]): UserState | undefined {
    return fold<UserState, UserEvent>(rows, this.decode, evolveUser).state;
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
    return { group: state, members };
  }
}
