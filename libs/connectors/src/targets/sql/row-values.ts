import type { AttributeChange, Attributes, AttributeValue } from '../../contract.js';
import { activeParameter, isSince } from './active-state.js';
import { parameterOf, UnfitValue } from './column-values.js';
import type { Dialect } from './dialect.js';
import { named } from './names.js';
import { refused } from './refusals.js';
import { isWriteOnly, type SqlSettings } from './settings.js';
import { bind, fixed, type Fragment, sql } from './sql-fragment.js';
import { type Column, columnNamed, type ObjectTable } from './table.js';

/** A column and what is to stand in it. */
export interface Assignment {
  column: Column;
  value: Fragment;
}

export const changesOf = (attributes: Attributes): AttributeChange[] =>
  Object.entries(attributes).map(([attribute, value]) => ({ op: 'set', attribute, value }));

/** As it is shown: what is set, and null for what is cleared. */
export const shown = (changes: AttributeChange[]): Record<string, AttributeValue> =>
  Object.fromEntries(changes.map((change) => [change.attribute, change.op === 'set' ? change.value : null]));

/** @throws Refused naming the attribute */
export function assignments(
  settings: SqlSettings,
  { now }: Dialect,
  table: ObjectTable,
  changes: AttributeChange[],
  forNewRow: boolean,
): Assignment[] {
  return changes.map((change) => {
    const { attribute } = change;
    const value = change.op === 'set' ? change.value : null;
    if (attribute === 'active' && table.type === 'user')
      return activeAssignment(settings, now, table, value === true || value === 'true');
    const column = writableColumn(table, attribute, forNewRow);
    if (value === null && !forNewRow) return { column, value: cleared(column) };
    try {
      return { column, value: bind(parameterOf(column, value)) };
    } catch (error) {
      if (!(error instanceof UnfitValue)) throw error;
      throw refused(error.code, error.message, error.remedy, attribute);
    }
  });
}

function writableColumn(table: ObjectTable, attribute: string, forNewRow: boolean): Column {
  const column = columnNamed(table, attribute);
  if (!column)
    throw refused(
      'unknown-attribute',
      `The table ${table.name} has no column ${attribute}.`,
      'Correct the name in the mapping, or remove the line.',
      attribute,
    );
  if (column.generated)
    throw refused(
      'read-only',
      `${attribute} is set by the database alone.`,
      'Remove it from the mapping.',
      attribute,
    );
  if (table.key.includes(column) && !forNewRow)
    throw refused(
      'immutable',
      `${attribute} is the key of the row, by which it is known.`,
      'Map it when the account is created only ("apply": "create"), or key the table by something that stays.',
      attribute,
    );
  return column;
}

function cleared(column: Column): Fragment {
  if (column.nullable) return fixed('null');
  if (column.hasDefault) return fixed('default');
  throw refused(
    'missing-value',
    `${column.name} may not be null and has no default.`,
    `Give a default for ${column.name} in the mapping.`,
    column.name,
  );
}

function activeAssignment(settings: SqlSettings, now: Fragment, table: ObjectTable, to: boolean): Assignment {
  const { active, name } = table;
  if (!active)
    throw refused(
      'unknown-attribute',
      `No column of ${name} enables accounts.`,
      'Name it in userActiveColumn, or take "active" out of the mapping.',
      'active',
    );
  if (isSince(active)) return { column: active, value: to ? fixed('null') : now };
  return { column: active, value: bind(activeParameter(settings, active, to)) };
}

/** What a deleted row has in the column that marks it. */
export const deletedMark = ({ now }: Dialect, marks: Column): Fragment =>
  marks.kind === 'boolean' ? bind('1') : now;

/** Of what is not marked as deleted. Without such a column: of every row. */
export function isLiving(dialect: Dialect, { deleted }: ObjectTable, alias?: string): Fragment {
  if (!deleted) return fixed('1 = 1');
  const column = named(dialect, deleted.name, alias);
  return deleted.kind === 'boolean' ? sql`${column} is not true` : sql`${column} is null`;
}

/** Columns an object is read from: not those that are never read, nor those that mean something else. */
export const readColumns = (settings: SqlSettings, table: ObjectTable): Column[] =>
  table.columns.filter(
    (column) =>
      column.rights.select &&
      (table.key.includes(column) || isMeaningful(table, column) || !isWriteOnly(settings, column.name)),
  );

/** Told in another way than as an attribute of its name. */
export const isMeaningful = (table: ObjectTable, column: Column): boolean =>
  column === table.active || column === table.deleted;
