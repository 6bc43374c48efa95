import type { Attributes, AttributeValue, RemoteObject, SubjectType } from '../../contract.js';
import { rejected } from './refusals.js';
import { fits } from './rows-as-text.js';
import { type CsvSettings, listColumnsOf } from './settings.js';

/** A value of the hub as it stands in a column. @throws Refused naming the attribute */
export function cellOf(settings: CsvSettings, column: string, value: AttributeValue): string {
  const text = Array.isArray(value) ? listText(settings, column, value) : plainText(settings, column, value);
  if (!fits(text, settings.encoding))
    throw rejected(
      'not-in-encoding',
      `The value of ${column} has characters that ${settings.encoding} does not have.`,
      'Set the encoding to utf-8, if the readers of the file can take it, or map a value without them.',
      column,
    );
  return text;
}

function plainText(settings: CsvSettings, column: string, value: AttributeValue): string {
  if (value === null) return '';
  if (typeof value === 'object')
    throw rejected('invalid-value', `${column} cannot hold an object.`, 'Map one part of it.', column);
  if (typeof value === 'boolean' && column === settings.activeColumn)
    return value ? settings.activeValue : settings.inactiveValue;
  return String(value);
}

function listText(settings: CsvSettings, column: string, values: AttributeValue[]): string {
  const { listSeparator } = settings;
  if (!listColumnsOf(settings).has(column))
    throw rejected(
      'invalid-value',
      `${column} holds one value, and was given a list.`,
      'Name the column under "Columns with lists", or map one value.',
      column,
    );
  const texts = values.map((value) => plainText(settings, column, value));
  const wrong = texts.find((text) => text === '' || text.includes(listSeparator));
  if (wrong !== undefined)
    throw rejected(
      'invalid-value',
      `A value of the list ${column} is empty or has "${listSeparator}" in it, which stands between values.`,
      'Choose another separator in the settings, or map other values.',
      column,
    );
  return texts.join(listSeparator);
}

/** Others leave empty parts behind, at the end above all. */
export const listOf = (settings: CsvSettings, cell: string): string[] =>
  cell.split(settings.listSeparator).filter((part) => part !== '');

/** A row as an account or group. Columns without a value are left out. */
export function objectOf(
  settings: CsvSettings,
  type: SubjectType,
  id: string,
  columns: readonly string[],
  values: readonly string[],
): RemoteObject {
  const { activeColumn, activeValue, inactiveValue, membersColumn, memberships } = settings;
  const lists = listColumnsOf(settings);
  const attributes: Attributes = {};
  let active: boolean | undefined;
  for (const [at, column] of columns.entries()) {
    const cell = values[at] ?? '';
    if (type === 'user' && column === activeColumn) {
      active = isActive(settings, cell);
      if (isSame(cell, activeValue) || isSame(cell, inactiveValue)) attributes[column] = active;
      else if (cell !== '') attributes[column] = cell;
    } else if (type === 'group' && memberships === 'column' && column === membersColumn) {
      continue;
    } else if (cell !== '' && column !== '') {
      attributes[column] = lists.has(column) ? listOf(settings, cell) : cell;
    }
  }
  return { id, attributes, ...(active !== undefined && { active }) };
}

/** Spreadsheets write FALSE for false. */
export const isSame = (cell: string, value: string): boolean =>
  cell.trim().toLowerCase() === value.trim().toLowerCase();

/** What is neither value is taken for active: a column that others fill must not disable anybody. */
const isActive = ({ inactiveValue, deletedValue, onDelete }: CsvSettings, cell: string): boolean =>
  !isSame(cell, inactiveValue) && !(onDelete === 'mark' && isSame(cell, deletedValue));
