import type { Dialect } from './dialect.js';
import { fixed, type Fragment, joined } from './sql-fragment.js';
import type { Column, Table } from './table.js';

/** A column's name, quoted. */
export const named = ({ quoted }: Dialect, column: string, alias?: string): Fragment =>
  fixed(alias === undefined ? quoted(column) : `${alias}.${quoted(column)}`);

export const listed = (dialect: Dialect, columns: Column[], alias?: string): Fragment =>
  joined(
    columns.map(({ name }) => named(dialect, name, alias)),
    ', ',
  );

/** A table's name with its schema, as the server has them. */
export const tableIn = ({ quoted }: Dialect, { schema, name }: Table): Fragment =>
  fixed(`${quoted(schema)}.${quoted(name)}`);
