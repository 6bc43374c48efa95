import { createHash } from 'node:crypto';
import type { Attributes, OperationContext, Outcome, RemoteObject, SubjectType } from '../../contract.js';
import type { Connection } from './connection.js';
import { listed, named, tableIn } from './names.js';
import { idIn, idOf, matches } from './object-id.js';
import { Refused, refused } from './refusals.js';
import { isSame, tableOf } from './read-rows.js';
import { type Assignment, assignments, changesOf, isLiving, shown } from './row-values.js';
import { isUniqueViolation, refusalOf } from './server-errors.js';
import { Answered, type Session, type Work } from './session.js';
import { bind, fixed, type Fragment, joined, sql } from './sql-fragment.js';
import { type Column, columnNamed, type ObjectTable, type Tables } from './table.js';

/**
 * Inserts a row. Where a unique index is in the way the row is taken over in two cases only: it was made by this very
 * call before, or it is marked as deleted. Each is decided by the statement that does it.
 */
export async function createRow(
  session: Session,
  tables: Tables,
  type: SubjectType,
  attributes: Attributes,
  context: OperationContext,
  work: Work,
): Promise<Outcome<RemoteObject>> {
  const { settings, dialect } = session;
  const table = tableOf(tables, type);
  const changes = changesOf(attributes).filter((change) => change.op === 'set' && change.value !== null);
  const values = assignments(settings, dialect, table, changes, true);
  const own = ownKey(table, values, context.operationId);
  const all = [...values, ...own, ...touched(session, table, values)];
  if (all.length === 0)
    throw refused('no-values', 'There is nothing to write.', 'Map attributes to columns of the table.');
  work.calls.push(insertCall(session, table.name, attributes));
  const id = await session.on(work, async (connection) => {
    try {
      return await insert(session, connection, table, all, work);
    } catch (error) {
      if (!(error instanceof Answered) || !isUniqueViolation(error.error)) throw error;
      return takeOver(session, connection, table, all, own, error, work);
    }
  });
  const { active } = table;
  const enabled = attributes.active === undefined ? undefined : attributes.active !== false;
  return {
    kind: 'ok',
    value: { id, attributes: {}, ...(active && enabled !== undefined && { active: enabled }) },
    calls: work.calls,
  };
}

export const insertCall = (session: Session, table: string, attributes: Attributes) =>
  session.call('INSERT', table, shown(changesOf(attributes)));

/** When a row is written, in the column of its last change. */
export function touched(session: Session, { updated }: ObjectTable, values: Assignment[]): Assignment[] {
  if (!updated || !session.settings.touchUpdated || values.some(({ column }) => column === updated))
    return [];
  return [{ column: updated, value: session.dialect.now }];
}

/** @throws Refused where the key is neither mapped nor given by the server */
function ownKey({ key, keyFrom }: ObjectTable, values: Assignment[], operationId: string): Assignment[] {
  return key.flatMap((column, at) => {
    if (keyFrom[at] === 'server' || values.some((each) => each.column === column)) return [];
    if (keyFrom[at] === 'hub') return [{ column, value: bind(uuidOf(operationId)) }];
    throw refused(
      'missing-value',
      `${column.name} is the key of the row, and the database gives it no value.`,
      `Map a value to ${column.name} that stays for good, such as an employee number.`,
      column.name,
    );
  });
}

/** Of version 8 (RFC 9562 section 5.8): the same operation makes the same. */
export function uuidOf(operationId: string): string {
  const bytes = createHash('sha256').update(`rollcall\0${operationId}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

async function insert(
  session: Session,
  connection: Connection,
  table: ObjectTable,
  values: Assignment[],
  work: Work,
): Promise<string> {
  const { dialect } = session;
  const columns = listed(
    dialect,
    values.map(({ column }) => column),
  );
  const returning = dialect.name === 'postgresql' ? sql`returning ${listed(dialect, table.key)}` : fixed('');
  const { rows, insertId } = await session.send(
    connection,
    work,
    sql`insert into ${tableIn(dialect, table)} (${columns})
      values (${joined(
        values.map(({ value }) => value),
        ', ',
      )}) ${returning}`,
    true,
  );
  if (rows[0]) return idIn(rows[0], table.key);
  return idOf(table.key.map((key) => boundTo(values, key) ?? insertId ?? noId(table)));
}

const boundTo = (values: Assignment[], key: Column): string | undefined => {
  const given = values.find(({ column }) => column === key)?.value.values[0];
  return given === undefined || given === null ? undefined : String(given);
};

function noId({ name }: ObjectTable): never {
  throw refused(
    'no-id',
    `A row was made in ${name}, and the server does not tell its key.`,
    'Let the key be counted (AUTO_INCREMENT), be a UUID, or be mapped.',
  );
}

async function takeOver(
  session: Session,
  connection: Connection,
  table: ObjectTable,
  values: Assignment[],
  own: Assignment[],
  violation: Answered,
  work: Work,
): Promise<string> {
  const index = table.unique.find(({ name }) => name === violation.error.constraint);
  const columns = (index?.columns ?? []).map((name) => columnNamed(table, name)!);
  const inTheWay = columns.map((column) => boundTo(values, column));
  const conflict = new Refused(refusalOf(violation.error, true, index?.columns), violation.code);
  if (columns.length === 0 || inTheWay.some((each) => each === undefined)) throw conflict;
  const { dialect } = session;
  const ofThisCall = own.length > 0 && columns.length === 1 && columns[0] === table.key[0];
  if (!ofThisCall && !table.deleted) throw conflict;
  const which = sql`${matches(dialect, columns, inTheWay as string[])}
    ${ofThisCall ? fixed('') : sql`and not (${isLiving(dialect, table)})`}`;
  const key = [...new Set([...table.key, ...columns])];
  const { rows } = await session.send(
    connection,
    work,
    sql`select ${listed(dialect, key)} from ${tableIn(dialect, table)} where ${which}`,
    false,
  );
  // Two names that a collation takes for the same are two persons.
  const same = rows.find((row) => columns.every((each, at) => isSame(each, inTheWay[at]!, row[each.name])));
  if (!same) throw conflict;
  const revived = table.deleted ? [{ column: table.deleted, value: living(table.deleted) }] : [];
  const set = [...values, ...revived].filter(({ column }) => !table.key.includes(column));
  if (set.length === 0) return idIn(same, table.key);
  const { affected } = await session.send(
    connection,
    work,
    sql`update ${tableIn(dialect, table)} set ${settings(session, set)} where ${which}`,
    true,
  );
  if (affected === 0) throw conflict;
  return idIn(same, table.key);
}

const living = ({ kind }: Column): Fragment => (kind === 'boolean' ? bind('0') : fixed('null'));

/** Of an update: column = value, and so on. */
export const settings = ({ dialect }: Session, values: Assignment[]): Fragment =>
  joined(
    values.map(({ column, value }) => sql`${named(dialect, column.name)} = ${value}`),
    ', ',
  );
