import type { Discovery, Outcome, SubjectType, TargetAttribute } from '../../contract.js';
import { keyColumnOf } from './change-rows.js';
import { capabilitiesWith } from './manifest.js';
import { columnsOf, type CsvSettings, listColumnsOf } from './settings.js';

/** The columns of the settings, and those the files have beside. */
export async function discoverFiles(
  settings: CsvSettings,
  columnsInFile: (type: SubjectType) => Promise<readonly string[]>,
): Promise<Outcome<Discovery>> {
  const types: SubjectType[] = settings.groups ? ['user', 'group'] : ['user'];
  const objectTypes = [];
  for (const type of types) {
    const columns = new Set([
      ...(settings.mode === 'import' ? [] : columnsOf(settings, type === 'user' ? 'users' : 'groups')),
      ...(await columnsInFile(type)),
    ]);
    columns.delete('');
    if (type === 'group' && settings.memberships === 'column') columns.delete(settings.membersColumn);
    objectTypes.push({ type, attributes: [...columns].map((name) => attributeOf(settings, type, name)) });
  }
  return {
    kind: 'ok',
    value: { objectTypes, capabilities: capabilitiesWith(settings), assumptions: [] },
  };
}

function attributeOf(settings: CsvSettings, type: SubjectType, name: string): TargetAttribute {
  const isKey = name === keyColumnOf(settings, type);
  const isId = name === settings.idColumn;
  return {
    name,
    type: type === 'user' && name === settings.activeColumn ? 'boolean' : 'string',
    multiValued: listColumnsOf(settings).has(name),
    required: isKey,
    caseExact: !isKey,
    mutability: settings.mode === 'import' ? 'readOnly' : isId ? 'immutable' : 'readWrite',
    unique: isKey || isId,
  };
}
