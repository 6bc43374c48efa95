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
import { matches, type ResolvedFilter, type Sort } from '@rollcall/scim';
import { validate as isUuid } from 'uuid';
import { asksAboutExtension, comparedMembers, demandedValue, mentions } from './filter-keys.js';
import type { SortPosition } from './filter/sort-key.js';
import { Freshness } from './freshness.js';
import { countStatement, type Kind, type ListedRow, listStatement, type Wanted } from './list-statement.js';
import { NewestDirectoryStates } from './newest-directory-states.js';
import { toState } from './resource-row.js';
import { searchDocument } from './search-document.js';
import { SearchRemake } from './search-remake.js';
import type { TenantTypes } from './tenant-types.js';

export interface Found<T> {
  total: number;
  items: T[];
  /** Where the next page begins, of pages by cursor. */
  next?: SortPosition;
  /** Of users: it is certain that none of them is in a group. */
  inNoGroup?: boolean;
}

/** A page by its place in the list, or by the resource it comes after. */
export type Paging = { count: number; sort?: Sort } & (
  { /** From 1. */ startIndex: number } | { after: SortPosition | undefined }
);

export type Resource = { kind: 'User'; state: UserState } | { kind: 'Group'; state: GroupState };

/**
 * Users and groups by filter, which was resolved by the given types. A filter that demands an id or a unique name is answered from the newest state
 * of that one resource; any other waits until the tables have seen every event committed before it came.
 */
@Injectable()
export class DirectorySearch {
  constructor(
    private readonly database: Database,
    private readonly states: NewestDirectoryStates,
    private readonly freshness: Freshness,
    private readonly remake: SearchRemake,
  ) {}

  async users(
    tenantId: string,
    filter: ResolvedFilter | undefined,
    paging: Paging,
    types: TenantTypes,
  ): Promise<Found<UserState>> {
    const byKey = filter && !mentions(filter, 'groups') ? filter : undefined;
    const id = byKey && demandedValue(byKey, 'id');
    const userName = byKey && demandedValue(byKey, 'userName');
    if (byKey && (id !== undefined || userName !== undefined)) {
      const found =
        id !== undefined
          ? isUuid(id) && (await this.states.userAndStanding(tenantId, id))
          : await this.states.userByClaim(tenantId, userNameClaim(userName!));
      const hit = found && !found.user.deleted && matches(byKey, searchDocument(found.user, types.User));
      return { ...page(hit ? [found.user] : [], paging), inNoGroup: !hit || found.inNoGroup };
    }
    const { items, ...found } = await this.list(
      tenantId,
      [{ kind: 'User', filter, sort: paging.sort }],
      paging,
    );
    return { ...found, items: items.map(toState) };
  }

  async groups(
    tenantId: string,
    filter: ResolvedFilter | undefined,
    paging: Paging,
    types: TenantTypes,
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
      const hit = found && !found.group.deleted && matches(filter, groupDocument(found, types));
      return page(hit ? [found.group] : [], paging);
    }
    const { items, ...found } = await this.list(
      tenantId,
      [{ kind: 'Group', filter, sort: paging.sort }],
      paging,
    );
    return { ...found, items: items.map(toState) };
  }

  /** Users and groups in one list. */
  async all(
    tenantId: string,
    filters: Partial<Record<Kind, ResolvedFilter>>,
    sorts: Partial<Record<Kind, Sort>>,
    paging: Paging,
  ): Promise<Found<Resource>> {
    const wanted = (['User', 'Group'] as const).map((kind) => ({
      kind,
      filter: filters[kind],
      sort: sorts[kind],
    }));
    const { items, ...found } = await this.list(tenantId, wanted, paging);
    return {
      ...found,
      items: items.map((row): Resource =>
        row.kind === 'User' ? { kind: 'User', state: toState(row) } : { kind: 'Group', state: toState(row) },
      ),
    };
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

  private async list(tenantId: string, wanted: Wanted[], paging: Paging): Promise<Found<ListedRow>> {
    await this.freshness.upToDate(tenantId);
    if (wanted.some(asksAboutExtension)) await this.remake.finished(tenantId);
    const { count } = paging;
    const byCursor = 'after' in paging;
    const statement = listStatement(
      tenantId,
      wanted,
      byCursor
        ? { skip: 0, take: count + 1, after: paging.after }
        : { skip: paging.startIndex - 1, take: count },
    );
    const rows = await this.database.query<ListedRow>(statement.text, statement.values);
    const items = rows.slice(0, count);
    const before = byCursor ? (paging.after ? undefined : 0) : paging.startIndex - 1;
    const endsHere = byCursor ? rows.length <= count : rows.length > 0 && rows.length < count;
    const total =
      endsHere && before !== undefined ? before + items.length : await this.total(tenantId, wanted);
    const last = rows.length > count ? items.at(-1) : undefined;
    return { total, items, ...(last && { next: { key: last.sort_key, id: last.id } }) };
  }

  private async total(tenantId: string, wanted: Wanted[]): Promise<number> {
    const { text, values } = countStatement(tenantId, wanted);
    const [row] = await this.database.query<{ total: number }>(text, values);
    return row!.total;
  }
}

function page<T>(items: T[], paging: Paging): Found<T> {
  const skipped = 'after' in paging ? (paging.after ? items.length : 0) : paging.startIndex - 1;
  return { total: items.length, items: items.slice(skipped, skipped + paging.count) };
}

function groupDocument({ group, members }: GroupWithMembers, types: TenantTypes) {
  const list = Array.from(members.values(), ({ id, type }) => ({ value: id, type }));
  return searchDocument(group, types.Group, { members: list });
}
