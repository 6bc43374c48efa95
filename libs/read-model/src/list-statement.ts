import type { ResolvedFilter, Sort } from '@rollcall/scim';
import { compileFilterToSql } from './filter/compile-filter-to-sql.js';
import { comesAfter, sortKey, type SortPosition } from './filter/sort-key.js';
import { SqlParameters } from './filter/sql-parameters.js';

export type Kind = 'User' | 'Group';

/** Resources of one kind that a list is to hold. */
export interface Wanted {
  kind: Kind;
  filter?: ResolvedFilter;
  sort?: Sort;
}

export interface ListedRow {
  kind: Kind;
  id: string;
  version: number;
  resource: Record<string, unknown>;
  created_at: Date;
  last_modified: Date;
  deleted_at: Date | null;
  sort_key: string | null;
}

interface Statement {
  text: string;
  values: unknown[];
}

const tables = {
  User: { name: 'hub.directory_user', nameAttribute: 'userName', nameKey: 'user_name_key' },
  Group: { name: 'hub.directory_group', nameAttribute: 'displayName', nameKey: 'display_name_key' },
};

/** One page, in the order of the sort keys and then of the ids. */
export function listStatement(
  tenantId: string,
  wanted: Wanted[],
  page: { skip: number; take: number; after?: SortPosition },
): Statement {
  const values: unknown[] = [tenantId, page.skip, page.take];
  const sorts = inOneType(wanted.map(({ sort }) => sort));
  const order = sorts.find((sort) => sort);
  const parts = wanted.map((one, at) => {
    const sort = sorts[at];
    const parameters = new SqlParameters(values.length + 1);
    const { nameAttribute, nameKey } = tables[one.kind];
    const columns = { document: 'r.search', indexed: { [nameAttribute]: `r.${nameKey}` } };
    const keyIsNeverNull = sort?.path.name === nameAttribute;
    const key = sort ? sortKey(sort, columns, parameters) : 'null::text';
    const after = page.after
      ? comesAfter(order, page.after, { key, id: 'r.id', keyIsNeverNull }, parameters)
      : 'true';
    values.push(...parameters.values);
    return `select '${one.kind}' as kind, r.id, r.version, r.resource, r.created_at, r.last_modified, r.deleted_at,
      ${key} as sort_key from ${from(one, values)} and ${after}`;
  });
  const direction = order?.descending ? 'desc' : 'asc';
  const orderBy = order ? `sort_key ${direction}, id ${direction}` : 'id';
  return { text: `${parts.join(' union all ')} order by ${orderBy} offset $2 limit $3`, values };
}

/**
 * What users and groups in one list are ordered by must be of one type: numbers, unless an attribute of this name
 * is text in one of them. One that lacks the attribute looks at an empty key (see resolveSort).
 */
function inOneType(sorts: (Sort | undefined)[]): (Sort | undefined)[] {
  const numeric = sorts.some((sort) => sort?.numeric);
  const text = sorts.some((sort) => sort && !sort.numeric && sort.path.keys[0] !== '');
  return sorts.map((sort) => sort && { ...sort, numeric: numeric && !text });
}

export function countStatement(tenantId: string, wanted: Wanted[]): Statement {
  const values: unknown[] = [tenantId];
  const counts = wanted.map((one) => `(select count(*) from ${from(one, values)})`);
  return { text: `select (${counts.join(' + ')})::int as total`, values };
}

/** Adds the filter's values to `values`. */
function from({ kind, filter }: Wanted, values: unknown[]): string {
  const ours = `${tables[kind].name} r where r.tenant_id = $1 and r.deleted_at is null`;
  if (!filter) return ours;
  const { sql, parameters } = compileFilterToSql(filter, {
    column: 'r.search',
    firstParameter: values.length + 1,
    ...(kind === 'Group'
      ? { members: { groupId: 'r.id', tenantId: '$1' } }
      : { groups: { userId: 'r.id', tenantId: '$1' } }),
  });
  values.push(...parameters);
  return `${ours} and (${sql})`;
}
