import { randomUUID } from 'node:crypto';
import type {
  AttributeChange,
  Attributes,
  MemberChange,
  MembersResult,
  Outcome,
  RemoteObject,
  SubjectType,
} from '../../contract.js';
import { cellOf, objectOf } from './cells.js';
import { fileGone, rejected } from './refusals.js';
import { type CsvSettings, fileOf } from './settings.js';
import type { Row, Table } from './table.js';
import { isListable, type Tables } from './tables.js';

export const gone: Outcome<never> = { kind: 'not-found', message: 'There is no row with this id.' };

export function tableOf(tables: Tables, type: SubjectType): Table {
  const table = type === 'user' ? tables.users : tables.groups;
  if (!table) throw noGroups();
  return table;
}

const noGroups = () =>
  rejected('no-groups', 'Groups are switched off for this connection.', 'Switch them on in the settings.');

/** @throws Refused where there is no file the row could be missing from */
export function rowOf(settings: CsvSettings, tables: Tables, type: SubjectType, id: string): Row | undefined {
  const table = tableOf(tables, type);
  const row = table.get(id);
  if (!row && !table.hasFile) throw fileGone(fileOf(settings, type === 'user' ? 'users' : 'groups'));
  return row;
}

export const keyColumnOf = ({ userKey, groupKey }: CsvSettings, type: SubjectType): string =>
  type === 'user' ? userKey : groupKey;

/** Nothing is changed where this throws Refused or answers anything but ok. */
export function createRow(
  settings: CsvSettings,
  tables: Tables,
  type: SubjectType,
  attributes: Attributes,
): Outcome<RemoteObject> {
  const table = tableOf(tables, type);
  const cells = new Map(
    Object.entries(attributes).map(([column, value]) => [column, cell(settings, table, type, column, value)]),
  );
  const id = cells.get(settings.idColumn) || randomUUID();
  cells.set(settings.idColumn, id);
  const taken = keyTrouble(settings, table, type, cells.get(keyColumnOf(settings, type)) ?? '');
  if (taken) return taken;
  if (type === 'user' && !isListable(settings, id))
    throw rejected(
      'invalid-value',
      `The id has "${settings.listSeparator}" in it, which stands between members.`,
      'Choose another separator in the settings, or map another id.',
      settings.idColumn,
    );
  if (table.get(id)) return { kind: 'conflict', message: `There is a row with the id "${id}".` };
  if (type === 'user' && settings.activeColumn !== undefined && !cells.get(settings.activeColumn))
    cells.set(settings.activeColumn, settings.activeValue);
  const row = table.changed(undefined, cells);
  table.put(id, row, 'create');
  return { kind: 'ok', value: objectOf(settings, type, id, table.columns, row.values) };
}

export function updateRow(
  settings: CsvSettings,
  tables: Tables,
  type: SubjectType,
  id: string,
  changes: AttributeChange[],
): Outcome<{ id: string }> {
  const table = tableOf(tables, type);
  const row = rowOf(settings, tables, type, id);
  if (!row) return gone;
  const cells = new Map(
    changes.map((change) => [
      change.attribute,
      cell(settings, table, type, change.attribute, change.op === 'set' ? change.value : null),
    ]),
  );
  if (cells.has(settings.idColumn) && cells.get(settings.idColumn) !== id)
    throw rejected(
      'fixed-id',
      `${settings.idColumn} is the id of the row and stays as it is.`,
      'Map it for new accounts only ("create").',
      settings.idColumn,
    );
  const key = cells.get(keyColumnOf(settings, type));
  const taken = key === undefined ? undefined : keyTrouble(settings, table, type, key, id);
  if (taken) return taken;
  const after = table.changed(row, cells);
  if (after.values.every((value, at) => value === (row.values[at] ?? '')))
    return { kind: 'no-op', why: 'unchanged' };
  table.put(id, after, 'update');
  return { kind: 'ok', value: { id } };
}

export function deleteRow(
  settings: CsvSettings,
  tables: Tables,
  type: SubjectType,
  id: string,
): Outcome<void> {
  const table = tableOf(tables, type);
  const row = rowOf(settings, tables, type, id);
  if (!row) return { kind: 'no-op', why: 'already-absent' };
  if (type === 'user') tables.memberships.dropMember(id);
  else tables.memberships.dropGroup(id);
  const { onDelete, activeColumn, deletedValue } = settings;
  if (type === 'user' && onDelete === 'mark' && activeColumn !== undefined)
    table.put(id, table.changed(row, new Map([[activeColumn, deletedValue]])), 'delete');
  else table.remove(id);
  return { kind: 'ok', value: undefined };
}

export function changeMembers(
  settings: CsvSettings,
  tables: Tables,
  groupId: string,
  { add, remove }: MemberChange,
): Outcome<MembersResult> {
  if (!rowOf(settings, tables, 'group', groupId)) return gone;
  const { memberships } = tables;
  const known = new Set(add.flatMap(({ id }) => (rowOf(settings, tables, 'user', id) ? id : [])));
  const result: MembersResult = { added: [], removed: [], unknown: [] };
  for (const { id } of add) {
    if (!known.has(id)) result.unknown.push(id);
    else if (memberships.add(groupId, id)) result.added.push(id);
  }
  for (const { id } of remove) if (memberships.remove(groupId, id)) result.removed.push(id);
  if (result.added.length + result.removed.length + result.unknown.length > 0)
    return { kind: 'ok', value: result };
  return { kind: 'no-op', why: add.length > 0 ? 'already-present' : 'already-absent' };
}

function cell(
  settings: CsvSettings,
  table: Table,
  type: SubjectType,
  column: string,
  value: Attributes[string],
): string {
  const membersColumn =
    type === 'group' && settings.memberships === 'column' && column === settings.membersColumn;
  if (!table.has(column) || column === '' || membersColumn)
    throw rejected(
      'unknown-column',
      membersColumn
        ? `${column} holds the members, which are not mapped.`
        : `The file has no column "${column}".`,
      membersColumn
        ? 'Take it out of the mapping.'
        : `Add it to the columns of ${type}s in the settings, or take it out of the mapping.`,
      column,
    );
  return cellOf(settings, column, value);
}

function keyTrouble(
  settings: CsvSettings,
  table: Table,
  type: SubjectType,
  key: string,
  own?: string,
): Outcome<never> | undefined {
  const column = keyColumnOf(settings, type);
  if (key === '')
    return {
      kind: 'rejected',
      code: 'no-key',
      attribute: column,
      message: `${column} is empty: a row is found by it.`,
      remedy: `Map a value to ${column}.`,
    };
  if (table.withKey(key).every((id) => id === own)) return undefined;
  return { kind: 'conflict', message: `There is a row whose ${column} is "${key}".` };
}
