import type { Sort } from '@rollcall/scim';
import type { SqlParameters } from './sql-parameters.js';

/** Where a resource stands in a sorted list. */
export interface SortPosition {
  /** Null: it has no value to sort by, or nothing is sorted by. */
  key: string | null;
  id: string;
}

export interface SortColumns {
  document: string;
  /** Columns that hold the folded value of an attribute, are never null and have an index. */
  indexed: Record<string, string>;
}

/** SQL of what a resource is sorted by; null without a value. Text is ordered by code point, as in filters. */
export function sortKey(sort: Sort, { document, indexed }: SortColumns, parameters: SqlParameters): string {
  const { path, numeric } = sort;
  const column = indexed[path.name];
  if (column) return `${column} collate "C"`;
  const text = path.multiValued
    ? primaryOrFirst(`(${document} #> ${parameters.keys(path.keys)})`, path.sub, parameters)
    : `(${document} #>> ${parameters.keys(path.keys)})`;
  return numeric ? `${text}::numeric` : `${text} collate "C"`;
}

/** The condition that a resource comes behind the position. Ties are broken by id, in the order of the list. */
export function comesAfter(
  sort: Sort | undefined,
  { key, id }: SortPosition,
  sql: { key: string; id: string; keyIsNeverNull: boolean },
  parameters: SqlParameters,
): string {
  const sign = sort?.descending ? '<' : '>';
  if (!sort) return `${sql.id} > ${parameters.uuid(id)}`;
  if (key === null) {
    const behind = `${sql.key} is null and ${sql.id} ${sign} ${parameters.uuid(id)}`;
    return sort.descending ? `(${sql.key} is not null or ${behind})` : `(${behind})`;
  }
  const value = sort.numeric ? `${parameters.text(key)}::numeric` : parameters.text(key);
  const behind = `(${sql.key}, ${sql.id}) ${sign} (${value}, ${parameters.uuid(id)})`;
  // With the second half, the index would be read from its beginning.
  return sort.descending || sql.keyIsNeverNull ? behind : `(${behind} or ${sql.key} is null)`;
}

function primaryOrFirst(array: string, sub: string | undefined, parameters: SqlParameters): string {
  const element = parameters.alias('element');
  const elements = `jsonb_array_elements(case jsonb_typeof(${array}) when 'array' then ${array} else '[]' end)`;
  return `(select ${element}.json #>> ${parameters.keys(sub === undefined ? [] : [sub])}
    from ${elements} with ordinality ${element}(json, place)
    order by (${element}.json -> 'primary' = 'true') desc nulls last, ${element}.place limit 1)`;
}
