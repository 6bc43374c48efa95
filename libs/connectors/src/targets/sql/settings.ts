/** What an admin sets for an SQL connection. Described for the form in settings-schema.ts. */
export interface SqlSettings {
  preset: 'postgresql' | 'mariadb' | 'mysql';
  host: string;
  port: number;
  database: string;
  security: 'verify-full' | 'verify-ca' | 'none';
  caCertificates?: string;
  serverName?: string;
  timeoutMs: number;
  connections: number;
  pageSize: number;
  maxAnswerBytes: number;
  sessionSettings: Record<string, string>;

  mode: 'tables' | 'statements';

  userTable?: string;
  userKey: string[];
  userActiveColumn?: string;
  activeValue?: string;
  inactiveValue?: string;
  userDeletedColumn?: string;
  userUpdatedColumn?: string;

  groupTable?: string;
  groupKey: string[];
  groupDeletedColumn?: string;
  groupUpdatedColumn?: string;

  memberTable?: string;
  memberGroupColumns: string[];
  memberUserColumns: string[];
  membersPerCall: number;

  touchUpdated: boolean;
  overlapSeconds: number;
  writeOnlyColumns: string[];

  statements: Statements;
  writeProbe: boolean;
}

/** Statements of the mode "statements", with parameters as :name. What each is for stands in settings-schema.ts. */
export interface Statements {
  listUsers?: string;
  getUser?: string;
  /** By the attribute that is looked for. */
  findUser?: Record<string, string>;
  createUser?: string;
  updateUser?: string;
  disableUser?: string;
  enableUser?: string;
  deleteUser?: string;
  listGroups?: string;
  getGroup?: string;
  findGroup?: Record<string, string>;
  createGroup?: string;
  updateGroup?: string;
  deleteGroup?: string;
  listMembers?: string;
  addMember?: string;
  removeMember?: string;
}

export type SqlCredentials =
  | { type: 'password'; user: string; password: string }
  | { type: 'certificate'; user: string; certificate: string; privateKey: string; password?: string };

export const defaultSettings: Omit<SqlSettings, 'host' | 'port' | 'database'> = {
  preset: 'postgresql',
  security: 'verify-full',
  timeoutMs: 30_000,
  connections: 8,
  pageSize: 500,
  maxAnswerBytes: 64 << 20,
  sessionSettings: {},
  mode: 'tables',
  userKey: ['id'],
  groupKey: ['id'],
  memberGroupColumns: ['group_id'],
  memberUserColumns: ['user_id'],
  membersPerCall: 500,
  touchUpdated: true,
  overlapSeconds: 60,
  writeOnlyColumns: [],
  statements: {},
  writeProbe: false,
};

export const presets: { id: SqlSettings['preset']; name: string; note: string; settings: object }[] = [
  {
    id: 'postgresql',
    name: 'PostgreSQL',
    note: 'Version 12 or newer, and what speaks its protocol and has its catalogue.',
    settings: {},
  },
  {
    id: 'mariadb',
    name: 'MariaDB',
    note: 'Version 10.5 or newer, tables of InnoDB.',
    settings: {},
  },
  {
    id: 'mysql',
    name: 'MySQL',
    note: 'Version 8.0.16 or newer, tables of InnoDB.',
    settings: {},
  },
];

/** The admin's settings over the defaults. */
export function completeSettings(given: Partial<SqlSettings>): SqlSettings {
  if (given.host === undefined) throw new TypeError('host is missing: the name of the database server.');
  if (given.database === undefined) throw new TypeError('database is missing: its name at the server.');
  const settings = { ...defaultSettings, ...given };
  return { port: settings.preset === 'postgresql' ? 5432 : 3306, ...settings } as SqlSettings;
}

/** Whether groups are pushed with these settings. */
export const hasGroups = ({ mode, groupTable, statements }: Partial<SqlSettings>): boolean =>
  mode === 'statements' ? statements?.createGroup !== undefined : groupTable !== undefined;

const secretName = /pass(w|$|_)|pwd|secret|token|salt|private_?key|hash$/i;

/** Columns that are written and never read back, nor shown. */
export const isWriteOnly = ({ writeOnlyColumns }: Pick<SqlSettings, 'writeOnlyColumns'>, column: string) =>
  secretName.test(column) || writeOnlyColumns.some((each) => each.toLowerCase() === column.toLowerCase());
