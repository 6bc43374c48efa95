import type { Column } from './table.js';
import { bind, fixed, type Fragment, type Parameter, sql } from './sql-fragment.js';

/** In what PostgreSQL and MySQL (with MariaDB) differ, as far as text of statements goes. */
export interface Dialect {
  name: 'postgresql' | 'mysql';
  placeholder(at: number): string;
  /** An identifier, so that it can be nothing else. */
  quoted(identifier: string): string;
  /** A value to compare this column with, of the column's own type: MySQL would compare texts with numbers as doubles. */
  comparable(column: Column, value: Parameter): Fragment;
  now: Fragment;
  /** The fragment, so many seconds earlier. */
  earlier(time: Fragment, seconds: number): Fragment;
  /** Escapes by backslash in a text between quotes. */
  backslashEscapes: boolean;
}

export const postgresql: Dialect = {
  name: 'postgresql',
  placeholder: (at) => `$${at}`,
  quoted: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
  comparable: ({ kind, type }, value) =>
    kind === 'dateTime'
      ? sql`${bind(value)}::${fixed(type.includes('without time zone') ? 'timestamp' : 'timestamptz')}`
      : bind(value),
  now: fixed('clock_timestamp()'),
  earlier: (time, seconds) => sql`(${time} - make_interval(secs => ${fixed(String(seconds))}))`,
  backslashEscapes: false,
};

export const mysql: Dialect = {
  name: 'mysql',
  placeholder: () => '?',
  quoted: (identifier) => `\`${identifier.replaceAll('`', '``')}\``,
  comparable: ({ kind, unsigned }, value) => {
    if (kind === 'integer' || kind === 'boolean')
      return sql`cast(${bind(value)} as ${fixed(unsigned ? 'unsigned' : 'signed')})`;
    if (kind === 'decimal') return sql`cast(${bind(value)} as decimal(65, 30))`;
    if (kind === 'dateTime') return sql`cast(${bind(value)} as datetime(6))`;
    return bind(value);
  },
  now: fixed('now(6)'),
  earlier: (time, seconds) => sql`(${time} - interval ${fixed(String(seconds))} second)`,
  backslashEscapes: true,
};

export const dialectOf = (preset: string): Dialect => (preset === 'postgresql' ? postgresql : mysql);
