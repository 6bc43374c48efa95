import { pageSize, timeoutMs, writeProbe } from '../../schema-parts/connection-settings.js';
import { credentialsOf, password, privateKey } from '../../schema-parts/credentials.js';
import { choice, flag, integer, secret } from '../../schema-parts/fields.js';
import { defaultSettings, presets } from './settings.js';

const column = (title: string, description: string, standard?: string) => ({
  title,
  description,
  type: 'string',
  // No title may look like a formula.
  pattern: '^[^=+@\\s\\u0000-\\u001f-][^\\u0000-\\u001f]*$',
  maxLength: 200,
  ...(standard !== undefined && { default: standard }),
});
const columns = (title: string, description: string, standard: string[]) => ({
  title,
  description,
  type: 'array',
  items: { type: 'string', pattern: column('', '').pattern, maxLength: 200 },
  maxItems: 500,
  uniqueItems: true,
  default: standard,
});
const file = (title: string, description: string, standard?: string) => ({
  title,
  description,
  type: 'string',
  pattern: '^[A-Za-z0-9_][A-Za-z0-9_. -]*(/[A-Za-z0-9_][A-Za-z0-9_. -]*)*$',
  maxLength: 200,
  ...(standard !== undefined && { default: standard }),
});
const text = (title: string, description: string, standard: string) => ({
  title,
  description,
  type: 'string',
  minLength: 1,
  maxLength: 100,
  default: standard,
});

export const settingsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  properties: {
    preset: choice(
      'Kind of exchange',
      'Fills in what is usual.',
      presets.map(({ id }) => id),
      defaultSettings.preset,
    ),
    url: {
      title: 'Folder',
      description:
        'sftp://host/folder, with a port where it is not 22; sftp://host/~/folder begins where the user arrives. file:///folder for one of the hub’s machine, if the operator allows it (HUB_CSV_FOLDERS).',
      type: 'string',
      pattern: '^(sftp://[^\\s/@?#]+(/[^\\s?#]*)?|file:///[^\\s?#]*)$',
      maxLength: 1000,
    },
    hostKey: {
      title: 'Host key',
      description:
        'Of the SFTP server: its SHA256 fingerprint, or its public key. One a line, where it is about to change. A test without it says which key the server has; ask whoever runs it whether that is right.',
      type: 'string',
      minLength: 1,
      maxLength: 20_000,
    },
    mode: choice(
      'What the files are',
      'table: the hub writes files that hold everybody. changes: beside them, a file of what was changed each time. import: others write them, the hub reads them.',
      ['table', 'changes', 'import'],
      defaultSettings.mode,
    ),
    timeoutMs: timeoutMs('How long the server may say nothing.', defaultSettings.timeoutMs),
    usersFile: file('File of accounts', 'Within the folder.', defaultSettings.usersFile),
    idColumn: column(
      'Column of the id',
      'Of accounts and groups; never changed. Filled with a random one where no mapping fills it.',
      defaultSettings.idColumn,
    ),
    userKey: column(
      'Column of the user name',
      'Accounts are found by it. No two have the same.',
      defaultSettings.userKey,
    ),
    userColumns: columns(
      'Columns of accounts',
      'In the order of a new file. Columns that others have added to it are kept.',
      defaultSettings.userColumns,
    ),
    activeColumn: column(
      'Column of the status',
      'Accounts are disabled by it.',
      defaultSettings.activeColumn,
    ),
    activeValue: text('Status: active', 'What stands there.', defaultSettings.activeValue),
    inactiveValue: text('Status: disabled', 'What stands there.', defaultSettings.inactiveValue),
    onDelete: choice(
      'Deleted accounts',
      'remove: the row goes. mark: it stays, with the status "deleted".',
      ['remove', 'mark'],
      defaultSettings.onDelete,
    ),
    deletedValue: text('Status: deleted', 'What stands there, for "mark".', defaultSettings.deletedValue),
    groups: flag('Groups', 'Off: only accounts.', defaultSettings.groups),
    groupsFile: file('File of groups', 'Within the folder.', defaultSettings.groupsFile),
    groupKey: column('Column of the group name', 'Groups are found by it.', defaultSettings.groupKey),
    groupColumns: columns('Columns of groups', 'In the order of a new file.', defaultSettings.groupColumns),
    memberships: choice(
      'Members stand in',
      'file: a file with a row for each. column: a column of the group, one id after the other.',
      ['file', 'column'],
      defaultSettings.memberships,
    ),
    membershipsFile: file('File of memberships', 'Within the folder.', defaultSettings.membershipsFile),
    groupColumn: column(
      'Column of the group',
      'Of the file of memberships: the id of a group.',
      defaultSettings.groupColumn,
    ),
    memberColumn: column(
      'Column of the member',
      'Of the file of memberships: the id of an account.',
      defaultSettings.memberColumn,
    ),
    membersColumn: column(
      'Column of the members',
      'Of the file of groups, for "column".',
      defaultSettings.membersColumn,
    ),
    membersPerCall: integer(
      'Members at a time',
      'Changed with one operation at most.',
      1,
      100_000,
      defaultSettings.membersPerCall,
    ),
    encoding: choice(
      'Encoding',
      'Of the files. What it lacks is refused, not replaced by question marks.',
      ['utf-8', 'utf-16le', 'windows-1252', 'windows-1250', 'iso-8859-1', 'iso-8859-15', 'us-ascii'],
      defaultSettings.encoding,
    ),
    bom: flag(
      'Byte order mark',
      'At the start of what is written: Excel wants it for UTF-8.',
      defaultSettings.bom,
    ),
    delimiter: choice('Between values', 'One character.', [',', ';', '|', '\t'], defaultSettings.delimiter),
    quote: choice('Around values', 'Where they need it.', ['"', "'"], defaultSettings.quote),
    quoteAll: flag('Quote everything', 'Also values that do not need it.', defaultSettings.quoteAll),
    lineEnd: choice('Line end', 'crlf as in RFC 4180, or lf.', ['crlf', 'lf'], defaultSettings.lineEnd),
    header: flag(
      'Titles in the first line',
      'Off: the first column is the id, then the columns as listed here.',
      defaultSettings.header,
    ),
    listColumns: columns(
      'Columns with lists',
      'Those that hold several values, one after the other.',
      defaultSettings.listColumns,
    ),
    listSeparator: text(
      'Between values of a list',
      'Must not be in the values.',
      defaultSettings.listSeparator,
    ),
    guardFormulas: flag(
      'Guard against formulas',
      'Values that begin with = + - @ get an apostrophe, so that no spreadsheet carries them out. It is taken away again when the file is read.',
      defaultSettings.guardFormulas,
    ),
    maxFileBytes: integer(
      'Largest file (bytes)',
      'Of those the hub writes; they are kept in memory.',
      1024,
      1 << 30,
      defaultSettings.maxFileBytes,
    ),
    pageSize: pageSize('Rows given at a time.', 5000, defaultSettings.pageSize),
    sideFile: choice(
      'Side file',
      'Written after each file: ok, an empty one named ….ok; sha256, its checksum in ….sha256.',
      ['none', 'ok', 'sha256'],
      defaultSettings.sideFile,
    ),
    changesFolder: file('Folder of changes', 'For "changes", within the folder. It must be there.'),
    actionColumn: column(
      'Column of the action',
      'For "changes": create, update or delete.',
      defaultSettings.actionColumn,
    ),
    requiredColumns: columns(
      'Columns that must be there',
      'For "import": a file without one is refused. Id and name are always required.',
      defaultSettings.requiredColumns,
    ),
    wholeWhen: choice(
      'A file is whole when',
      'stable: it stays the same for a while. ok-file: ….ok or ….sha256 stands beside it and is not older.',
      ['stable', 'ok-file'],
      defaultSettings.wholeWhen,
    ),
    stableMs: integer('Stays the same for (ms)', 'For "stable".', 0, 60_000, defaultSettings.stableMs),
    maxShrinkPercent: integer(
      'Most rows that may be missing (%)',
      'A file with fewer than the one before is refused. 100: never.',
      0,
      100,
      defaultSettings.maxShrinkPercent,
    ),
    pickUp: flag(
      'Pick files up',
      'A file that is read is renamed to ….current before, so that the next one can be written meanwhile.',
      defaultSettings.pickUp,
    ),
    archiveFolder: file(
      'Archive',
      'Where picked up files go when the next one comes, within the folder. It must be there. Left out: they are overwritten.',
    ),
    writeProbe: writeProbe(
      'A test of the connection writes, renames and deletes a file rollcall-probe-….',
      defaultSettings.writeProbe,
    ),
  },
};

const username = {
  title: 'User',
  description: 'Whom the hub signs in as at the SFTP server.',
  type: 'string',
  minLength: 1,
  maxLength: 200,
};

export const credentialsSchema = credentialsOf([
  {
    title: 'Private key',
    additionalProperties: false,
    required: ['type', 'username', 'privateKey'],
    properties: {
      type: { const: 'key' },
      username,
      privateKey: privateKey('In OpenSSH or PEM form.'),
      passphrase: secret('Passphrase', 'Of the private key, if it has one.', 1000),
    },
  },
  {
    title: 'Password',
    additionalProperties: false,
    required: ['type', 'username', 'password'],
    properties: {
      type: { const: 'password' },
      username,
      password: password('Of that user.'),
    },
  },
  {
    title: 'None: a folder of the hub’s machine',
    additionalProperties: false,
    required: ['type'],
    properties: { type: { const: 'none' } },
  },
]);
