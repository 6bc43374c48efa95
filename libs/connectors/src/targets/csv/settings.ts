/** What an admin sets for a connection to files. Described for the form in settings-schema.ts. */
export interface CsvSettings {
  preset: string;
  url: string;
  hostKey?: string;
  mode: 'table' | 'changes' | 'import';
  timeoutMs: number;

  usersFile: string;
  idColumn: string;
  userKey: string;
  userColumns: string[];
  activeColumn?: string;
  activeValue: string;
  inactiveValue: string;
  onDelete: 'remove' | 'mark';
  deletedValue: string;

  groups: boolean;
  groupsFile: string;
  groupKey: string;
  groupColumns: string[];
  memberships: 'file' | 'column';
  membershipsFile: string;
  groupColumn: string;
  memberColumn: string;
  membersColumn: string;
  membersPerCall: number;

  encoding: string;
  bom: boolean;
  delimiter: ',' | ';' | '|' | '\t';
  quote: '"' | "'";
  quoteAll: boolean;
  lineEnd: 'lf' | 'crlf';
  header: boolean;
  listColumns: string[];
  listSeparator: string;
  guardFormulas: boolean;
  maxFileBytes: number;
  pageSize: number;

  sideFile: 'none' | 'ok' | 'sha256';
  changesFolder?: string;
  actionColumn: string;

  requiredColumns: string[];
  wholeWhen: 'stable' | 'ok-file';
  stableMs: number;
  maxShrinkPercent: number;
  pickUp: boolean;
  archiveFolder?: string;

  writeProbe: boolean;
}

export type CsvCredentials =
  | { type: 'key'; username: string; privateKey: string; passphrase?: string }
  | { type: 'password'; username: string; password: string }
  | { type: 'none' };

export const defaultSettings: Omit<CsvSettings, 'url'> = {
  preset: 'export',
  mode: 'table',
  timeoutMs: 30_000,
  usersFile: 'users.csv',
  idColumn: 'id',
  userKey: 'userName',
  userColumns: [
    'userName',
    'active',
    'externalId',
    'givenName',
    'familyName',
    'displayName',
    'email',
    'phone',
    'mobile',
    'title',
    'employeeNumber',
    'department',
    'costCenter',
    'company',
    'city',
    'country',
    'userType',
    'preferredLanguage',
    'manager',
  ],
  activeColumn: 'active',
  activeValue: 'true',
  inactiveValue: 'false',
  onDelete: 'remove',
  deletedValue: 'deleted',
  groups: true,
  groupsFile: 'groups.csv',
  groupKey: 'displayName',
  groupColumns: ['displayName', 'externalId'],
  memberships: 'file',
  membershipsFile: 'memberships.csv',
  groupColumn: 'group',
  memberColumn: 'member',
  membersColumn: 'members',
  membersPerCall: 5_000,
  encoding: 'utf-8',
  bom: false,
  delimiter: ',',
  quote: '"',
  quoteAll: false,
  lineEnd: 'crlf',
  header: true,
  listColumns: [],
  listSeparator: ';',
  guardFormulas: true,
  maxFileBytes: 256 << 20,
  pageSize: 500,
  sideFile: 'none',
  actionColumn: 'action',
  requiredColumns: [],
  wholeWhen: 'stable',
  stableMs: 2_000,
  maxShrinkPercent: 10,
  pickUp: false,
  writeProbe: false,
};

export interface Preset {
  id: string;
  name: string;
  note?: string;
  settings: Partial<CsvSettings>;
}

export const presets: Preset[] = [
  {
    id: 'export',
    name: 'Export: files that always hold everybody',
    note: 'The app reads users.csv, groups.csv and memberships.csv whenever it likes.',
    settings: {},
  },
  {
    id: 'export-changes',
    name: 'Export: files of changes for an app that takes them in one after the other',
    note: 'The app takes files users-….csv with a column "action" away once their .ok file is there.',
    settings: { mode: 'changes', sideFile: 'ok' },
  },
  {
    id: 'export-excel',
    name: 'Export: files people open in Excel (semicolons, byte order mark)',
    settings: { delimiter: ';', bom: true },
  },
  {
    id: 'import-hr',
    name: 'Import: a file the HR system writes',
    note: 'Give the name of the file, and the columns that hold the id and the name of a person.',
    settings: { mode: 'import', groups: false },
  },
];

/** The admin's settings over the preset's over the defaults. */
export function completeSettings(given: Partial<CsvSettings>): CsvSettings {
  const preset = presets.find(({ id }) => id === given.preset);
  const settings = { ...defaultSettings, ...preset?.settings, ...given };
  if (settings.url === undefined)
    throw new TypeError('url is missing: sftp://host/folder or file:///folder.');
  return settings as CsvSettings;
}

export type TableName = 'users' | 'groups' | 'memberships';

/** Which tables have a file of their own. */
export const tableNames = ({ groups, memberships }: CsvSettings): TableName[] =>
  !groups ? ['users'] : memberships === 'file' ? ['users', 'groups', 'memberships'] : ['users', 'groups'];

export const fileOf = (settings: CsvSettings, table: TableName): string => settings[`${table}File`];

/** The columns a table must have, in the order a new file gets them. */
export function columnsOf(settings: CsvSettings, table: TableName): string[] {
  const { idColumn, userColumns, groupColumns, memberships, membersColumn } = settings;
  switch (table) {
    case 'users':
      return unique([idColumn, ...userColumns]);
    case 'groups':
      return unique([idColumn, ...groupColumns, ...(memberships === 'column' ? [membersColumn] : [])]);
    case 'memberships':
      return [settings.groupColumn, settings.memberColumn];
  }
}

const unique = (names: string[]): string[] => [...new Set(names)];

/** The columns that hold several values. */
export const listColumnsOf = (settings: CsvSettings): Set<string> =>
  new Set(
    settings.memberships === 'column'
      ? [...settings.listColumns, settings.membersColumn]
      : settings.listColumns,
  );
