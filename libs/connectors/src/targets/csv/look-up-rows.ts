import type { Outcome, RemoteObject, SubjectType } from '../../contract.js';
import { objectOf } from './cells.js';
import { gone, keyColumnOf, rowOf, tableOf } from './change-rows.js';
import type { CsvSettings } from './settings.js';
import type { Table } from './table.js';
import type { Tables } from './tables.js';

export function objectAt(
  settings: CsvSettings,
  tables: Tables,
  type: SubjectType,
  id: string,
  members = false,
): Outcome<RemoteObject> {
  const table = tableOf(tables, type);
  const row = rowOf(settings, tables, type, id);
  if (!row) return gone;
  const object = objectOf(settings, type, id, table.columns, row.values);
  if (type === 'group' && members)
    object.members = tables.memberships.of(id).map((each) => ({ id: each, type: 'user' }));
  return { kind: 'ok', value: object };
}

const mostFound = 10;

export function findRows(
  settings: CsvSettings,
  tables: Tables,
  type: SubjectType,
  { attribute, value }: { attribute: string; value: string },
): Outcome<RemoteObject[]> {
  const table = tableOf(tables, type);
  const found: RemoteObject[] = [];
  const ids = idsWith(settings, table, type, attribute, value);
  for (const id of ids) {
    found.push(objectOf(settings, type, id, table.columns, table.get(id)!.values));
    if (found.length >= mostFound) break;
  }
  return { kind: 'ok', value: found };
}

function* idsWith(
  settings: CsvSettings,
  table: Table,
  type: SubjectType,
  attribute: string,
  value: string,
): Generator<string> {
  if (attribute === keyColumnOf(settings, type)) return yield* table.withKey(value);
  if (attribute === settings.idColumn) {
    if (table.get(value)) yield value;
    return;
  }
  for (const [id, row] of table.entries()) if (table.value(row, attribute) === value) yield id;
}
