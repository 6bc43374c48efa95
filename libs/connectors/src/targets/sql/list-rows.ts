import type { Outcome, Page, SubjectType } from '../../contract.js';
import { readCursor, writeCursor } from './cursors.js';
import { listed } from './names.js';
import { idIn, keyOf } from './object-id.js';
import { readRow, selectLiving, tableOf } from './read-rows.js';
import { refused } from './refusals.js';
import type { Session, Work } from './session.js';
import { fixed, type Fragment, joined, sql } from './sql-fragment.js';
import type { Column, Tables } from './table.js';
import type { Dialect } from './dialect.js';

/** Where a list goes on: after this id. */
interface Place {
  list: SubjectType;
  after: string;
}

/** In the order of the key: what is added or gone meanwhile shifts nothing. */
export async function listRows(
  session: Session,
  tables: Tables,
  type: SubjectType,
  { cursor, limit }: { cursor?: string; limit?: number },
  work: Work,
): Promise<Outcome<Page>> {
  const table = tableOf(tables, type);
  const { dialect, settings } = session;
  const after = cursor === undefined ? undefined : placeIn(cursor, type, table.key);
  const size = pageSize(settings.pageSize, limit);
  work.calls.push(
    session.call('SELECT', table.name, { ...(cursor !== undefined && { after }), limit: size }),
  );
  const statement = selectLiving(
    session,
    table,
    sql`${after ? sql`and ${isAfter(dialect, table.key, after)}` : fixed('')}
      order by ${listed(dialect, table.key)} limit ${fixed(String(size + 1))}`,
  );
  const { rows } = await session.run(work, statement);
  const page = rows.slice(0, size);
  const place = (): Place => ({ list: type, after: idIn(page.at(-1)!, table.key) });
  return {
    kind: 'ok',
    value: {
      objects: page.map((row) => readRow(settings, table, row)),
      ...(rows.length > size && { nextCursor: writeCursor(place()) }),
    },
    calls: work.calls,
  };
}

export const pageSize = (most: number, limit = most): number => Math.max(1, Math.min(limit, most));

/** Later in the order of these columns than these values. */
export function isAfter(dialect: Dialect, columns: Column[], values: string[]): Fragment {
  const [column, ...others] = columns;
  const value = dialect.comparable(column!, values[0]!);
  const name = fixed(dialect.quoted(column!.name));
  if (others.length === 0) return sql`${name} > ${value}`;
  // The first comparison alone lets a server use the index; of lists of values MySQL makes nothing.
  return sql`${name} >= ${value} and (${joined(
    [sql`${name} > ${value}`, sql`${name} = ${value} and ${isAfter(dialect, others, values.slice(1))}`],
    ' or ',
  )})`;
}

function placeIn(cursor: string, type: SubjectType, key: Column[]): string[] {
  const place = readCursor<Place>(cursor);
  const after = place?.list === type && typeof place.after === 'string' ? keyOf(place.after, key) : undefined;
  if (after) return after;
  throw badCursor();
}

export const badCursor = () =>
  refused('bad-cursor', 'The cursor was not given out by this connection.', 'Start again without a cursor.');
