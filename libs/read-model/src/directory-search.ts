import { Injectable } from '@nestjs/common';
import {
  type GroupState,
  type GroupWithMembers,
  groupNameClaim,
  type Member,
  type UserState,
  userNameClaim,
} from '@rollcall/directory';
import { Database } from '@rollcall/platform';
import { groupType, matches, normalise, type ResolvedFilter, userType } from '@rollcall/scim';
import { validate as isUuid } from 'uuid';
import { compileFilterToSql } from './filter/compile-filter-to-sql.js';
import { comparedMembers, demandedValue } from './filter-keys.js';
import { Freshness } from './freshness.js';
import { type GroupRow, groupColumns, toGroupState } from './group-rows.js';
import { NewestDirectoryStates } from './newest-directory-states.js';
import { searchable } from './searchable.js';
import { toUserState, type UserRow, userColumns } from './user-rows.js';

export interface Found<T> {
  total: number;
  items: T[];
}

export interface Paging {
  /** From 1. */
  startIndex: number;
  count: number;
}

/**
 * Users and groups by filter. A filter that demands an id or a unique name is answered from the newest state
 * of that one resource; any other waits until the tables have seen every event committed before it came.
 */
@Injectable()
export class DirectorySearch {
  constructor(
    private readonly database: Database,
    private readonly states: NewestDirectoryStates,
    private readonly freshness: Freshness,
  ) {}

  async users(
    tenantId: string,
    filter: ResolvedFilter | undefined,
    paging: Paging,
  ): Promise<Found<UserState>> {
    const id = filter && demandedValue(filter, 'id');
    const userName = filter && demandedValue(filter, 'userName');
    if (filter && (id !== undefined || userName !== undefined)) {
      const user =
        id !== undefined
          ? isUuid(id) && (await this.states.user(tenantId, id))
          : await this.states.userByClaim(tenantId, userNameClaim(userName!));
      const hit = user && !user.deleted && matches(filter, normalise(searchable(user), userType));
      return page(hit ? [user] : [], paging);
    }
    await this.freshness.upToDate(tenantId);
    const condition = where(filter);
    const rows = await this.database.query<UserRow>(
      `select ${userColumns} from hub.directory_user u
       where u.tenant_id = $1 and u.deleted_at is null and ${condition.sql('u')}
       order by u.id offset $2 limit $3`,
      [tenantId, paging.startIndex - 1, paging.count, ...condition.parameters],
    );
    const total = await this.total('directory_user', tenantId, condition, paging, rows.length);
    return { total, items: rows.map(toUserState) };
  }

  async groups(
    tenantId: string,
    filter: ResolvedFilter | undefined,
    paging: Paging,
  ): Promise<Found<GroupState>> {
    const id = filter && demandedValue(filter, 'id');
    const name = filter && demandedValue(filter, 'displayName');
    if (filter && (id !== undefined || name !== undefined)) {
      const asked = (comparedMembers(filter) ?? 'all') as string[] | 'all';
      const memberIds = asked === 'all' ? asked : asked.filter((member) => isUuid(member));
      const found =
        id !== undefined
          ? isUuid(id) && (await this.states.group(tenantId, id, memberIds))
          : await this.states.groupByClaim(tenantId, groupNameClaim(name!), memberIds);
      const hit = found && !found.group.deleted && matches(filter, groupDocument(found));
      return page(hit ? [found.group] : [], paging);
    }
    await this.freshness.upToDate(tenantId);
    const condition = where(filter);
    const rows = await this.database.query<GroupRow>(
      `select ${groupColumns} from hub.directory_group g
       where g.tenant_id = $1 and g.deleted_at is null and ${condition.sql('g')}
       order by g.id offset $2 limit $3`,
      [tenantId, paging.startIndex - 1, paging.count, ...condition.parameters],
    );
    const total = await this.total('directory_group', tenantId, condition, paging, rows.length);
    return { total, items: rows.map(toGroupState) };
  }

  /** Members of the given groups, for a page of a list. Call after `groups`, which made the tables current. */
  async membersOf(tenantId: string, groupIds: string[]): Promise<Map<string, Member[]>> {
    const rows = await this.database.query<{ group_id: string; members: [string, Member['type']][] }>(
      `select group_id, jsonb_agg(jsonb_build_array(member_id, member_type) order by member_id) as members
       from hub.directory_member where tenant_id = $1 and group_id = any($2::uuid[]) group by group_id`,
      [tenantId, groupIds],
    );
    return new Map(
      rows.map(({ group_id, members }) => [group_id, members.map(([id, type]) => ({ id, type }))]),
    );
  }

  private async total(
    table: string,
    tenantId: string,
    condition: Condition,
    paging: Paging,
    returned: number,
  ): Promise<number> {
    const isLastPage = returned > 0 && returned < paging.count;
    if (isLastPage) return paging.startIndex - 1 + returned;
    const [row] = await this.database.query<{ total: number }>(
      `select count(*)::int as total from hub.${table} r where r.tenant_id = $1 and r.deleted_at is null
       and $2::int is not null and $3::int is not null and ${condition.sql('r')}`,
      [tenantId, paging.startIndex, paging.count, ...condition.parameters],
    );
    return row!.total;
  }
}

interface Condition {
  sql(alias: string): string;
  parameters: unknown[];
}

/** Parameters from $4 on; $1 to $3 are tenant, offset and limit. */
function where(filter: ResolvedFilter | undefined): Condition {
  if (!filter) return { sql: () => 'true', parameters: [] };
  const compiled = (alias: string) =>
    compileFilterToSql(filter, {
      column: `${alias}.search`,
      firstParameter: 4,
      members: { groupId: `${alias}.id`, tenantId: '$1' },
    });
  return { sql: (alias) => `(${compiled(alias).sql})`, parameters: compiled('r').parameters };
}

function page<T>(items: T[], { startIndex, count }: Paging): Found<T> {
  return { total: items.length, items: items.slice(startIndex - 1, startIndex - 1 + count) };
}

function groupDocument({ group, members }: GroupWithMembers) {
  const list = Array.from(members.values(), ({ id, type }) => ({ value: id, type }));
  return normalise({ ...searchable(group), members: list }, groupType);
}
