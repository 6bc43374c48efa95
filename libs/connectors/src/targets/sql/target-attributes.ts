import type { Discovery, TargetAttribute } from '../../contract.js';
import {
  canDisable,
  type ObjectStatements,
  type OwnStatements,
  writtenAttributes,
} from './own-statements.js';
import { isMeaningful } from './row-values.js';
import { isWriteOnly, type SqlSettings } from './settings.js';
import type { Column, ColumnKind, ObjectTable, Tables } from './table.js';

type ObjectType = Discovery['objectTypes'][number];

const types: Record<ColumnKind, TargetAttribute['type']> = {
  text: 'string',
  boolean: 'boolean',
  integer: 'integer',
  decimal: 'decimal',
  dateTime: 'dateTime',
  date: 'string',
  uuid: 'string',
  json: 'complex',
  binary: 'binary',
  texts: 'string',
  other: 'string',
};

const active: TargetAttribute = {
  name: 'active',
  type: 'boolean',
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  unique: false,
};

/** What the tables take, by what the server says of their columns. */
export function attributesOfTables(settings: SqlSettings, { user, group }: Tables): ObjectType[] {
  return [user, ...(group ? [group] : [])].map((table) => ({
    type: table.type,
    attributes: [
      ...table.columns
        .filter((column) => !isMeaningful(table, column) && column.name !== 'active')
        .map((column) => attributeOfColumn(settings, table, column)),
      ...(table.active ? [active] : []),
    ],
  }));
}

function attributeOfColumn(settings: SqlSettings, table: ObjectTable, column: Column): TargetAttribute {
  const { name, kind, nullable, hasDefault, generated, ignoresCase, allowed } = column;
  const keyFrom = table.keyFrom[table.key.indexOf(column)];
  const given = keyFrom === 'server' || keyFrom === 'hub';
  const touched = column === table.updated && settings.touchUpdated;
  return {
    name,
    type: types[kind],
    multiValued: kind === 'texts',
    ...(kind === 'texts' && { oneOrMany: true }),
    required: !nullable && !hasDefault && !generated && !given && !touched,
    caseExact: !ignoresCase,
    mutability: mutabilityOf(settings, column, keyFrom),
    unique: table.unique.some(({ columns }) => columns.length === 1 && columns[0] === name),
    ...(allowed && { canonicalValues: allowed }),
  };
}

function mutabilityOf(
  settings: SqlSettings,
  { name, kind, generated, rights }: Column,
  keyFrom: ObjectTable['keyFrom'][number] | undefined,
): TargetAttribute['mutability'] {
  if (generated || kind === 'other' || keyFrom === 'server') return 'readOnly';
  if (!rights.insert && !rights.update) return 'readOnly';
  if (isWriteOnly(settings, name)) return 'writeOnly';
  return keyFrom || !rights.update ? 'immutable' : 'readWrite';
}

/** What statements take: the names of their parameters. Of types nothing is known. */
export function attributesOfStatements({ user, group }: OwnStatements): ObjectType[] {
  return [
    { type: 'user' as const, of: user },
    ...(group.create ? [{ type: 'group' as const, of: group }] : []),
  ].map(({ type, of }) => ({ type, attributes: attributesTaken(of), assumed: true }));
}

function attributesTaken(statements: ObjectStatements): TargetAttribute[] {
  const { created, updated } = writtenAttributes(statements);
  const attributes = [...new Set([...created, ...updated])].map((name): TargetAttribute => ({
    name,
    type: 'string',
    multiValued: false,
    required: false,
    caseExact: false,
    mutability: updated.has(name) ? 'readWrite' : 'immutable',
    unique: statements.find.has(name),
  }));
  return canDisable(statements) ? [...attributes, active] : attributes;
}
