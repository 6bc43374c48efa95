import type { Attributes, Outcome, RemoteObject, SubjectType } from '../../contract.js';
import { isActive } from './active-state.js';
import { attributeOf, parameterOf, UnfitValue } from './column-values.js';
import type { Row } from './connection.js';
import { listed, named, tableIn } from './names.js';
import { idIn, keyOf, matches } from './object-id.js';
import { gone, refused } from './refusals.js';
import { isLiving, isMeaningful, readColumns } from './row-values.js';
import type { Session, Work } from './session.js';
import type { SqlSettings } from './settings.js';
import { fixed, type Fragment, sql } from './sql-fragment.js';
import { type Column, columnNamed, type ObjectTable, type Tables } from './table.js';

const enoughMatches = 10;

/** @throws Refused where groups are not set up */
export function tableOf(tables: Tables, type: SubjectType): ObjectTable {
  const table = tables[type];
  if (table) return table;
  throw refused(
    'no-groups',
    'Groups are not set up for this connection.',
    'Name groupTable in the settings.',
  );
}

/** Rows of a table that are not marked as deleted. */
export function selectLiving(session: Session, table: ObjectTable, further: Fragment): Fragment {
  const { dialect, settings } = session;
  return sql`select ${listed(dialect, readColumns(settings, table))} from ${tableIn(dialect, table)}
    where ${isLiving(dialect, table)} ${further}`;
}

export async function getRow(
  session: Session,
  tables: Tables,
  type: SubjectType,
  id: string,
  work: Work,
  members?: boolean,
): Promise<Outcome<RemoteObject>> {
  const table = tableOf(tables, type);
  const key = keyOf(id, table.key);
  work.calls.push(session.call('SELECT', table.name, { id }));
  if (!key) throw gone(type === 'user' ? 'account' : 'group');
  const statement = selectLiving(session, table, sql`and ${matches(session.dialect, table.key, key)}`);
  const { rows } = await session.run(work, statement);
  if (!rows[0]) throw gone(type === 'user' ? 'account' : 'group');
  const value = readRow(session.settings, table, rows[0]);
  if (members && type === 'group') value.members = await readMembers(session, tables, key, work);
  return { kind: 'ok', value, calls: work.calls };
}

/** Case counts as the server has it; what else a collation takes for the same (accents, blanks at the end) is not. */
export async function findRows(
  session: Session,
  tables: Tables,
  type: SubjectType,
  { attribute, value }: { attribute: string; value: string },
  work: Work,
): Promise<Outcome<RemoteObject[]>> {
  const table = tableOf(tables, type);
  const column = columnNamed(table, attribute);
  if (!column || !column.rights.select || !readColumns(session.settings, table).includes(column))
    throw refused(
      'unsearchable',
      `Rows of ${table.name} cannot be looked for by ${attribute}.`,
      'Match by a column of the table that may be read.',
      attribute,
    );
  work.calls.push(session.call('SELECT', table.name, { [column.name]: value }));
  const wanted = searched(column, value);
  if (wanted === undefined) return { kind: 'ok', value: [], calls: work.calls };
  const { dialect } = session;
  const statement = selectLiving(
    session,
    table,
    sql`and ${named(dialect, column.name)} = ${dialect.comparable(column, wanted)}
      order by ${listed(dialect, table.key)} limit ${fixed(String(enoughMatches))}`,
  );
  const { rows } = await session.run(work, statement);
  const same = rows.filter((row) => isSame(column, value, row[column.name]));
  return {
    kind: 'ok',
    value: same.map((row) => readRow(session.settings, table, row)),
    calls: work.calls,
  };
}

/** Whether a column that was found to be equal holds that very text, but for case where case does not count there. */
export function isSame(column: Column, wanted: string, raw: unknown): boolean {
  if (column.kind !== 'text') return true;
  const there = String(attributeOf(column, raw));
  return column.ignoresCase ? there.toLowerCase() === wanted.toLowerCase() : there === wanted;
}

/** Undefined: no row can have this value. */
function searched(column: Column, value: string) {
  try {
    return value === '' ? undefined : parameterOf(column, value);
  } catch (error) {
    if (error instanceof UnfitValue) return undefined;
    throw error;
  }
}

export function readRow(settings: SqlSettings, table: ObjectTable, row: Row): RemoteObject {
  const attributes: Attributes = {};
  for (const column of readColumns(settings, table)) {
    if (isMeaningful(table, column)) continue;
    const value = attributeOf(column, row[column.name]);
    if (value !== undefined) attributes[column.name] = value;
  }
  const { active } = table;
  return {
    id: idIn(row, table.key),
    attributes,
    ...(active && { active: isActive(settings, active, row[active.name]) }),
  };
}

async function readMembers(
  session: Session,
  { member, user }: Tables,
  group: string[],
  work: Work,
): Promise<RemoteObject['members']> {
  const { dialect } = session;
  const ofUser = member!.user.map(
    ({ name }, at) => sql`${named(dialect, name, 'm')} = ${named(dialect, user.key[at]!.name, 'u')}`,
  );
  const { rows } = await session.run(
    work,
    sql`select distinct ${listed(dialect, user.key, 'u')} from ${tableIn(dialect, member!)} m
      join ${tableIn(dialect, user)} u on ${ofUser.reduce((all, each) => sql`${all} and ${each}`)}
      where ${matches(dialect, member!.group, group, 'm')} and ${isLiving(dialect, user, 'u')}`,
  );
  return rows.map((row) => ({ id: idIn(row, user.key), type: 'user' as const }));
}
