import type { SubjectType } from '../../contract.js';
import { activeParameter, isSince } from './active-state.js';
import { UnfitValue } from './column-values.js';
import { refused } from './refusals.js';
import type { SqlSettings } from './settings.js';
import {
  type Column,
  columnNamed,
  type MemberTable,
  type ObjectTable,
  type Table,
  type Tables,
} from './table.js';

/** What was found at the server, by what the settings say of it. @throws Refused naming the setting */
export function resolveTables(
  settings: SqlSettings,
  found: { user?: Table; group?: Table; member?: Table },
): Tables {
  const user = objectTable(settings, 'user', present(found.user, 'userTable', settings.userTable));
  if (settings.groupTable === undefined) return { user };
  const group = objectTable(settings, 'group', present(found.group, 'groupTable', settings.groupTable));
  const member = memberTable(
    settings,
    present(found.member, 'memberTable', settings.memberTable),
    user,
    group,
  );
  return { user, group, member };
}

function present(table: Table | undefined, setting: string, name = ''): Table {
  if (!table)
    throw refused(
      'no-table',
      `There is no table ${name}, or the user may not see it.`,
      `Correct ${setting} in the settings, create it, or grant the user the right to read it.`,
    );
  if (!table.transactional)
    throw refused(
      'no-transactions',
      `The table ${name} knows no transactions, so changes could be made by halves.`,
      `Convert it: ALTER TABLE ${name} ENGINE=InnoDB.`,
    );
  return table;
}

function objectTable(settings: SqlSettings, type: SubjectType, table: Table): ObjectTable {
  const [keyColumns, deleted, updated] =
    type === 'user'
      ? [settings.userKey, settings.userDeletedColumn, settings.userUpdatedColumn]
      : [settings.groupKey, settings.groupDeletedColumn, settings.groupUpdatedColumn];
  const column = (setting: string, name: string | undefined) =>
    name === undefined ? undefined : columnIn(table, `${type}${setting}`, name);
  const key = keyColumns.map((name) => columnIn(table, `${type}Key`, name));
  checkKey(table, `${type}Key`, key);
  const active = type === 'user' ? column('ActiveColumn', settings.userActiveColumn) : undefined;
  const marks = column('DeletedColumn', deleted);
  const last = column('UpdatedColumn', updated);
  if (active) checkActive(settings, active);
  if (marks && !(marks.kind === 'boolean' || (marks.kind === 'dateTime' && marks.nullable)))
    throw refused(
      'wrong-column',
      `${marks.name} (${marks.type}) is neither a boolean nor a date with time that may be null.`,
      `Name such a column in ${type}DeletedColumn, or leave it out: then rows are deleted.`,
    );
  if (last && last.kind !== 'dateTime')
    throw refused(
      'wrong-column',
      `${last.name} (${last.type}) is no date with time, so changes cannot be told by it.`,
      `Name such a column in ${type}UpdatedColumn, or leave it out: then everything is read.`,
    );
  if (last?.nullable)
    throw refused(
      'wrong-column',
      `${last.name} (${last.type}) may be null, and rows without a time of their last change would never be told.`,
      `Fill it and make it NOT NULL, or leave ${type}UpdatedColumn out: then everything is read.`,
    );
  return {
    ...table,
    type,
    key,
    keyFrom: key.map((column) => keyFrom(settings, column, key.length === 1)),
    active,
    deleted: marks,
    updated: last,
  };
}

/** A UUID that the hub makes is known before the row is there: a repeated call finds it. */
function keyFrom({ preset }: SqlSettings, column: Column, alone: boolean): ObjectTable['keyFrom'][number] {
  const { kind, counted, generated, hasDefault, maxLength } = column;
  if (counted || generated) return 'server';
  if (alone && (kind === 'uuid' || (kind === 'text' && maxLength === 36))) return 'hub';
  // Of defaults MySQL tells counted ones only.
  return hasDefault && preset === 'postgresql' ? 'server' : 'mapping';
}

/** A change by columns that several rows share would change them all. */
function checkKey({ name, unique }: Table, setting: string, key: Column[]): void {
  const names = key.map((column) => column.name);
  if (unique.some(({ columns }) => columns.every((column) => names.includes(column)))) return;
  throw refused(
    'no-key',
    `No unique index of ${name} says that ${names.join(', ')} is the key of its rows.`,
    `Name the columns of its primary key in ${setting}, or create a unique index. For a view use the mode "statements".`,
  );
}

function checkActive(settings: SqlSettings, column: Column): void {
  const { name, type, kind, nullable } = column;
  if (isSince(column)) {
    if (nullable) return;
    throw refused(
      'wrong-column',
      `${name} (${type}) may not be null, so it cannot say that an account is enabled.`,
      'Name another column in userActiveColumn, or let it be null.',
    );
  }
  const { activeValue, inactiveValue } = settings;
  if (kind !== 'boolean' && (activeValue === undefined || inactiveValue === undefined))
    throw refused(
      'wrong-column',
      `${name} is ${type}: which of its values mean enabled and disabled?`,
      'Give activeValue and inactiveValue in the settings.',
    );
  try {
    for (const to of [true, false]) activeParameter(settings, column, to);
  } catch (error) {
    if (!(error instanceof UnfitValue)) throw error;
    throw refused('wrong-column', error.message, 'Correct activeValue and inactiveValue in the settings.');
  }
}

function memberTable(
  settings: SqlSettings,
  table: Table,
  user: ObjectTable,
  group: ObjectTable,
): MemberTable {
  const columns = (setting: 'memberGroupColumns' | 'memberUserColumns', key: Column[], of: string) => {
    const found = settings[setting].map((name) => columnIn(table, setting, name));
    if (found.length === key.length) return found;
    throw refused(
      'wrong-column',
      `${setting} names ${found.length} columns, and the key of ${of} has ${key.length}.`,
      'Name one column for each column of that key, in the same order.',
    );
  };
  return {
    ...table,
    group: columns('memberGroupColumns', group.key, 'groups'),
    user: columns('memberUserColumns', user.key, 'accounts'),
  };
}

function columnIn(table: Table, setting: string, name: string): Column {
  const column = columnNamed(table, name);
  if (column) return column;
  throw refused(
    'no-column',
    `The table ${table.name} has no column ${name}.`,
    `Correct ${setting} in the settings; there are ${table.columns.map((each) => each.name).join(', ')}.`,
  );
}
