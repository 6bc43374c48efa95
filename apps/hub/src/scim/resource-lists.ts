import { Injectable } from '@nestjs/common';
import type { GroupState, Member, UserState } from '@rollcall/directory';
import {
  DirectorySearch,
  type Found,
  type GroupOfUser,
  GroupsOfUsers,
  NewestDirectoryStates,
  type Paging,
  type TenantTypes,
} from '@rollcall/read-model';
import {
  type Filter,
  isWanted,
  listResponse,
  noteFilter,
  type ResourceType,
  type ListResponse,
  parseFilter,
  projectResource,
  resolve,
  resolveSort,
} from '@rollcall/scim';
import { PageCursors } from './page-cursors.js';
import { presentGroup, presentUser } from './present-resource.js';
import { scimBaseUrl, type ScimRequest, traceOf } from './scim-request.js';
import { attributeSelection, pageRequest, type ScimQuery } from './scim-query.js';

type List = ListResponse<Record<string, unknown>>;

interface Page {
  paging: Paging;
  answer(resources: Record<string, unknown>[], found: Found<unknown>): List;
}

/** Lists as GET and POST .search answer them: RFC 7644 sections 3.4.2 and 3.4.3. */
@Injectable()
export class ResourceLists {
  constructor(
    private readonly search: DirectorySearch,
    private readonly states: NewestDirectoryStates,
    private readonly memberships: GroupsOfUsers,
    private readonly cursors: PageCursors,
  ) {}

  async users(request: ScimRequest, query: ScimQuery): Promise<List> {
    const { scimCaller, scimTypes } = request;
    const filter = query.filter
      ? resolve(filterOf(request, query.filter, scimTypes.User), scimTypes.User)
      : undefined;
    const { paging, answer } = this.page(request, query, 'Users');
    const found = await this.search.users(
      scimCaller.tenantId,
      filter,
      { ...paging, sort: resolveSort(query, scimTypes.User) },
      scimTypes,
    );
    traceOf(request).searched('User', found.total, found.items);
    const groups = found.inNoGroup ? undefined : await this.groupsOf(request, found.items, query);
    return answer(presentUsers(found.items, groups, request, query), found);
  }

  async groups(request: ScimRequest, query: ScimQuery): Promise<List> {
    const { scimCaller, scimTypes } = request;
    const filter = query.filter
      ? resolve(filterOf(request, query.filter, scimTypes.Group), scimTypes.Group)
      : undefined;
    const { paging, answer } = this.page(request, query, 'Groups');
    const found = await this.search.groups(
      scimCaller.tenantId,
      filter,
      { ...paging, sort: resolveSort(query, scimTypes.Group) },
      scimTypes,
    );
    traceOf(request).searched('Group', found.total, found.items);
    const members = await this.membersOf(request, found.items, query);
    return answer(presentGroups(found.items, members, request, query), found);
  }

  /** Users and groups together. An attribute that only one of them has is without a value in the other. */
  async all(request: ScimRequest, query: ScimQuery): Promise<List> {
    const filter = query.filter ? filterOf(request, query.filter) : undefined;
    const { paging, answer } = this.page(request, query, '');
    const { User, Group } = request.scimTypes;
    const found = await this.search.all(
      request.scimCaller.tenantId,
      filter ? filters(filter, request.scimTypes) : {},
      {
        User: resolveSort(query, User, [Group]),
        Group: resolveSort(query, Group, [User]),
      },
      paging,
    );
    traceOf(request).found = found.total;
    const users = found.items.filter(({ kind }) => kind === 'User').map(({ state }) => state);
    const groups = found.items.filter(({ kind }) => kind === 'Group').map(({ state }) => state);
    const [groupsOf, membersOf] = await Promise.all([
      this.groupsOf(request, users, query),
      this.membersOf(request, groups, query),
    ]);
    const shown = new Map(
      [
        ...presentUsers(users, groupsOf, request, query),
        ...presentGroups(groups, membersOf, request, query),
      ].map((resource) => [resource.id, resource]),
    );
    return answer(
      found.items.map(({ state }) => shown.get(state.id)!),
      found,
    );
  }

  private page(request: ScimRequest, query: ScimQuery, place: string): Page {
    const { tenantId } = request.scimCaller;
    const asked = pageRequest(query);
    if (!('cursor' in asked)) {
      return {
        paging: asked,
        answer: (resources, { total }) =>
          listResponse(resources, { totalResults: total, startIndex: asked.startIndex }),
      };
    }
    const { filter, sortBy = '', sortOrder = '' } = query;
    const identity = JSON.stringify([tenantId, place, filter, sortBy.toLowerCase(), sortOrder.toLowerCase()]);
    const after = asked.cursor === '' ? undefined : this.cursors.open(asked.cursor, identity);
    return {
      paging: { count: asked.count, after },
      answer: (resources, { total, next }) =>
        listResponse(resources, {
          totalResults: total,
          nextCursor: next && this.cursors.seal(next, identity),
        }),
    };
  }

  private async groupsOf(
    request: ScimRequest,
    users: UserState[],
    query: ScimQuery,
  ): Promise<Map<string, GroupOfUser[]> | undefined> {
    if (!isWanted('groups', request.scimTypes.User, attributeSelection(query))) return undefined;
    return this.memberships.of(
      request.scimCaller.tenantId,
      users.map(({ id }) => id),
    );
  }

  private async membersOf(
    { scimCaller: { tenantId }, scimTypes }: ScimRequest,
    groups: GroupState[],
    query: ScimQuery,
  ): Promise<Map<string, Iterable<Member>>> {
    const members = new Map<string, Iterable<Member>>();
    if (groups.length === 0 || !isWanted('members', scimTypes.Group, attributeSelection(query)))
      return members;
    const [only] = groups;
    if (groups.length === 1) {
      const found = await this.states.group(tenantId, only!.id, 'all');
      return found ? members.set(only!.id, found.members.values()) : members;
    }
    const ids = groups.map(({ id }) => id);
    const found = await this.search.membersOf(tenantId, ids);
    // A group that nobody is in shows an empty list, as it does when it is read by itself.
    for (const id of ids) members.set(id, found.get(id) ?? []);
    return members;
  }
}

function filterOf(request: ScimRequest, text: string, type?: ResourceType): Filter {
  return traceOf(request).noting((warnings) => {
    const filter = parseFilter(text, warnings);
    if (type) noteFilter(filter, type, warnings);
    return filter;
  });
}

function filters(filter: Filter, { User, Group }: TenantTypes) {
  return { User: resolve(filter, User, [Group]), Group: resolve(filter, Group, [User]) };
}

function presentUsers(
  users: UserState[],
  groups: Map<string, GroupOfUser[]> | undefined,
  request: ScimRequest,
  query: ScimQuery,
) {
  const baseUrl = scimBaseUrl(request);
  const { User: type } = request.scimTypes;
  const selection = attributeSelection(query);
  return users.map((user) =>
    projectResource(presentUser(user, type, baseUrl, groups?.get(user.id)), type, selection),
  );
}

function presentGroups(
  groups: GroupState[],
  members: Map<string, Iterable<Member>>,
  request: ScimRequest,
  query: ScimQuery,
) {
  const baseUrl = scimBaseUrl(request);
  const { Group: type } = request.scimTypes;
  const selection = attributeSelection(query);
  return groups.map((group) =>
    projectResource(presentGroup(group, type, baseUrl, members.get(group.id)), type, selection),
  );
}
