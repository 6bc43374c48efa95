import { createHash } from 'node:crypto';
import type { ChangesPage, Outcome, SubjectType } from '../../contract.js';
import type { Row } from './connection.js';
import { readCursor, writeCursor } from './cursors.js';
import { badCursor, isAfter, pageSize } from './list-rows.js';
import { listed, named, tableIn } from './names.js';
import { idIn, keyOf } from './object-id.js';
import { readRow, tableOf } from './read-rows.js';
import { refused } from './refusals.js';
import { readColumns } from './row-values.js';
import type { Session, Work } from './session.js';
import { fixed, type Fragment, sql } from './sql-fragment.js';
import type { ObjectTable, Tables } from './table.js';

interface Token {
  changes: SubjectType;
  /** Up to when everything was told, as the server writes it. null: the table was empty. */
  at: string | null;
  /** Digests of the rows that were told of the time before, which is read again. */
  told: string[];
}

interface Place {
  changesOf: SubjectType;
  /** From when on it is read; everything when null. */
  from: string | null;
  to: string;
  told: string[];
  newly: string[];
  after: { at: string; id: string };
}

/** More of them than this in the overlap are told again instead: that is allowed, a token of megabytes is not. */
const mostTold = 2_000;

/**
 * Rows by the time of their last change. A change is committed later than it is dated, so the time before a token is
 * read again; rows that were told as they are now are left out. Marked rows are told as deleted.
 */
export async function changesSince(
  session: Session,
  tables: Tables,
  type: SubjectType,
  query: { token?: string; cursor?: string; limit?: number },
  work: Work,
): Promise<Outcome<ChangesPage>> {
  const table = tableOf(tables, type);
  if (!table.updated)
    throw refused(
      'no-changes',
      `Changes of ${table.name} cannot be told from what was there.`,
      `Name the column of the last change in ${type}UpdatedColumn, or import by reading everything.`,
    );
  work.calls.push(session.call('SELECT', table.name, { order: [table.updated.name, 'key'] }));
  if (query.cursor !== undefined) {
    const place = placeIn(query.cursor, type);
    return read(session, table, place, query.limit, work, place.after);
  }
  const now = await latest(session, table, work);
  if (query.token === undefined) {
    const told = now === null ? [] : await digestsBefore(session, table, now, work);
    const token: Token = { changes: type, at: now, told };
    return {
      kind: 'ok',
      value: { objects: [], deleted: [], token: writeCursor(token) },
      calls: work.calls,
    };
  }
  const token = tokenIn(query.token, type);
  if (now === null)
    return { kind: 'ok', value: { objects: [], deleted: [], token: query.token, ...unknown(table) } };
  const place = { changesOf: type, from: token.at, to: now, told: token.told, newly: [] };
  return read(session, table, place, query.limit, work);
}

/** The last change there is. Of times in the future, written by a clock that is ahead, the present. */
async function latest(session: Session, table: ObjectTable, work: Work): Promise<string | null> {
  const { dialect } = session;
  const updated = named(dialect, table.updated!.name);
  const { rows } = await session.run(
    work,
    sql`select max(${updated}) as last from ${tableIn(dialect, table)} where ${updated} <= ${dialect.now}`,
  );
  const last = rows[0]?.last;
  return last === null || last === undefined ? null : String(last as string);
}

async function digestsBefore(
  session: Session,
  table: ObjectTable,
  at: string,
  work: Work,
): Promise<string[]> {
  const newest = sql`order by ${named(session.dialect, table.updated!.name)} desc limit ${fixed(String(mostTold))}`;
  const { rows } = await session.run(work, select(session, table, at, at, newest));
  return rows.map(digest);
}

/** From so long before a time, as far as another, in the order of changes. */
function select(
  session: Session,
  table: ObjectTable,
  from: string | null,
  to: string,
  further: Fragment,
): Fragment {
  const { dialect, settings } = session;
  const updated = table.updated!;
  const column = named(dialect, updated.name);
  const columns = [...new Set([...readColumns(settings, table), updated])];
  const begin =
    from === null ? undefined : dialect.earlier(dialect.comparable(updated, from), settings.overlapSeconds);
  return sql`select ${listed(dialect, columns)} from ${tableIn(dialect, table)}
    where ${begin ? sql`${column} >= ${begin} and` : fixed('')} ${column} <= ${dialect.comparable(updated, to)} ${further}`;
}

async function read(
  session: Session,
  table: ObjectTable,
  place: Omit<Place, 'after'>,
  limit: number | undefined,
  work: Work,
  after?: Place['after'],
): Promise<Outcome<ChangesPage>> {
  const { dialect, settings } = session;
  const updated = table.updated!;
  const size = pageSize(settings.pageSize, limit);
  const order = [updated, ...table.key];
  const key = after && keyOf(after.id, table.key);
  if (after && !key) throw badCursor();
  const beyond = after ? sql`and ${isAfter(dialect, order, [after.at, ...key!])}` : fixed('');
  const statement = select(
    session,
    table,
    place.from,
    place.to,
    sql`${beyond} order by ${listed(dialect, order)} limit ${fixed(String(size + 1))}`,
  );
  const { rows } = await session.run(work, statement);
  const page = rows.slice(0, size);
  const told = new Set(place.told);
  const fresh = page.filter((row) => !told.has(digest(row)));
  const isDeleted = (row: Row) => table.deleted !== undefined && isMarked(row[table.deleted.name]);
  // The oldest go first: the newest are the likeliest to be read again.
  const newly = [...place.newly, ...page.map(digest)].slice(-mostTold);
  const last = page.at(-1);
  const next: Place | undefined =
    rows.length > size
      ? { ...place, newly, after: { at: String(last![updated.name]), id: idIn(last!, table.key) } }
      : undefined;
  const token: Token = { changes: place.changesOf, at: place.to, told: newly };
  return {
    kind: 'ok',
    value: {
      objects: fresh.filter((row) => !isDeleted(row)).map((row) => readRow(settings, table, row)),
      deleted: fresh.filter(isDeleted).map((row) => ({ id: idIn(row, table.key) })),
      ...(next ? { nextCursor: writeCursor(next) } : { token: writeCursor(token), ...unknown(table) }),
    },
    calls: work.calls,
  };
}

const isMarked = (raw: unknown): boolean => raw !== null && !/^(f|false|0)$/.test(String(raw as string));

const unknown = ({ deleted, name }: ObjectTable) =>
  deleted
    ? {}
    : { deletionsUnknown: `No column of ${name} marks deleted rows. Compare with a list of everything.` };

/** Of all that is read: a second change within the same tick of the clock is another row. */
const digest = (row: Row): string =>
  createHash('sha256').update(JSON.stringify(row)).digest('base64url').slice(0, 11);

function placeIn(cursor: string, type: SubjectType): Place {
  const place = readCursor<Place>(cursor);
  const sound =
    place?.changesOf === type &&
    isText(place.to) &&
    (place.from === null || isText(place.from)) &&
    isTexts(place.told) &&
    isTexts(place.newly) &&
    isText(place.after?.at) &&
    isText(place.after.id);
  if (!sound) throw badCursor();
  return place as Place;
}

function tokenIn(text: string, type: SubjectType): Token {
  const token = readCursor<Token>(text);
  if (token?.changes === type && (token.at === null || isText(token.at)) && isTexts(token.told))
    return token as Token;
  throw refused(
    'bad-token',
    'The token was not given out by this connection.',
    'Read everything, and begin again without a token.',
  );
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
