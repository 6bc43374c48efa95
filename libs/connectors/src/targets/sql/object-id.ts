import { gone } from './refusals.js';
import { bind, type Fragment, joined, sql } from './sql-fragment.js';
import type { Column, ObjectTable } from './table.js';
import { canBeKey } from './column-values.js';
import type { Dialect } from './dialect.js';
import type { Row } from './connection.js';
import { named } from './names.js';

/** The key's values as one text: they themselves, or, of several, separated by a slash. */
export const idOf = (values: string[]): string =>
  values.length === 1 ? values[0]! : values.map(encodeURIComponent).join('/');

/** Undefined: no row can have this id. */
export function keyOf(id: string, columns: Column[]): string[] | undefined {
  const parts = columns.length === 1 ? [id] : decoded(id.split('/'));
  const sound = parts?.length === columns.length && parts.every((each, at) => canBeKey(columns[at]!, each));
  return sound ? parts : undefined;
}

/** @throws Refused not-found */
export function keyIn(table: ObjectTable, id: string): string[] {
  const key = keyOf(id, table.key);
  if (!key) throw gone(table.type === 'user' ? 'account' : 'group');
  return key;
}

export const idIn = (row: Row, columns: Column[]): string =>
  idOf(
    columns.map(({ name, padded }) => {
      const text = String(row[name] as string | number);
      return padded ? text.replace(/ +$/, '') : text;
    }),
  );

/** These columns have these values. */
export const matches = (dialect: Dialect, columns: Column[], values: string[], alias?: string): Fragment =>
  joined(
    columns.map(
      (column, at) => sql`${named(dialect, column.name, alias)} = ${dialect.comparable(column, values[at]!)}`,
    ),
    ' and ',
  );

/** These columns have one of these lists of values. */
export function anyOf(dialect: Dialect, columns: Column[], keys: string[][], alias?: string): Fragment {
  if (columns.length > 1)
    return sql`(${joined(
      keys.map((key) => sql`(${matches(dialect, columns, key, alias)})`),
      ' or ',
    )})`;
  const [column] = columns;
  const list = joined(
    keys.map(([value]) => dialect.comparable(column!, value!)),
    ', ',
  );
  return sql`${named(dialect, column!.name, alias)} in (${list})`;
}

export const boundTexts = (values: string[]): Fragment[] => values.map((each) => bind(each));

function decoded(parts: string[]): string[] | undefined {
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
