import { BadRequestException, Injectable } from '@nestjs/common';
import {
  DirectorySearch,
  type Found,
  type Paging,
  type TenantTypes,
  TypesOfTenants,
} from '@rollcall/read-model';
import { parseFilter, type ResolvedFilter, resolve, resolveSort, ScimError } from '@rollcall/scim';
import { PageCursors } from '../scim/page-cursors.js';
import { presentGroup, presentUser } from '../scim/present-resource.js';
import type { DirectoryQuery } from './directory.dto.js';

export interface ResourcePage {
  items: Record<string, unknown>[];
  nextCursor: string | null;
}

const scimBase = '/scim/v2';

/** Users and groups for admins: SCIM filters, pages by cursor. */
@Injectable()
export class DirectoryLists {
  constructor(
    private readonly search: DirectorySearch,
    private readonly types: TypesOfTenants,
    private readonly cursors: PageCursors,
  ) {}

  users(tenantId: string, query: DirectoryQuery): Promise<ResourcePage> {
    return this.page(tenantId, query, 'User', async (filter, paging, types) => {
      const found = await this.search.users(tenantId, filter, paging, types);
      return { ...found, items: found.items.map((user) => presentUser(user, types.User, scimBase)) };
    });
  }

  groups(tenantId: string, query: DirectoryQuery): Promise<ResourcePage> {
    return this.page(tenantId, query, 'Group', async (filter, paging, types) => {
      const found = await this.search.groups(tenantId, filter, paging, types);
      return { ...found, items: found.items.map((group) => presentGroup(group, types.Group, scimBase)) };
    });
  }

  private async page(
    tenantId: string,
    { filter, cursor, limit = 100, sortBy, sortOrder }: DirectoryQuery,
    kind: 'User' | 'Group',
    read: (
      filter: ResolvedFilter | undefined,
      paging: Paging,
      types: TenantTypes,
    ) => Promise<Found<Record<string, unknown>>>,
  ): Promise<ResourcePage> {
    const types = await this.types.of(tenantId);
    const identity = JSON.stringify([tenantId, `admin ${kind}`, filter, sortBy, sortOrder]);
    const parts = {
      filter: about('filter', () => (filter ? resolve(parseFilter(filter), types[kind]) : undefined)),
      sort: about('sortBy', () => resolveSort({ sortBy, sortOrder }, types[kind])),
      after: about('cursor', () => (cursor ? this.cursors.open(cursor, identity) : undefined)),
    };
    const paging: Paging = { count: limit, after: parts.after, sort: parts.sort };
    const { items, next } = await read(parts.filter, paging, types);
    return { items, nextCursor: next ? this.cursors.seal(next, identity) : null };
  }
}

/** What SCIM refuses, as a problem with the field. */
function about<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    throw new BadRequestException({
      message: `${field}: ${error.detail}`,
      errors: [{ field, message: error.detail }],
    });
  }
}
