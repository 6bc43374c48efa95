import {
  caCertificates,
  connections,
  maxAnswerBytes,
  pageSize,
  serverName,
  timeoutMs,
  writeProbe,
} from '../../schema-parts/connection-settings.js';
import { certificate, credentialsOf, password, privateKey } from '../../schema-parts/credentials.js';
import { choice, flag, integer } from '../../schema-parts/fields.js';
import { defaultSettings, presets } from './settings.js';

const table = (title: string, description: string) => ({
  title,
  description,
  type: 'string',
  pattern: '^[^.\\u0000]+(\\.[^.\\u0000]+)?$',
  maxLength: 130,
});
const column = (title: string, description: string) => ({
  title,
  description,
  type: 'string',
  pattern: '^[^\\u0000]+$',
  maxLength: 64,
});
const columns = (title: string, description: string, standard: string[]) => ({
  title,
  description,
  type: 'array',
  items: { type: 'string', pattern: '^[^\\u0000]+$', maxLength: 64 },
  minItems: 1,
  maxItems: 8,
  uniqueItems: true,
  default: standard,
});
const statement = (title: string, description: string) => ({
  title,
  description,
  type: 'string',
  minLength: 1,
  maxLength: 20_000,
});
const byAttribute = (title: string, description: string) => ({
  title,
  description,
  type: 'object',
  additionalProperties: { type: 'string', minLength: 1, maxLength: 20_000 },
});

export const settingsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  required: ['host', 'database'],
  properties: {
    preset: choice(
      'Kind of server',
      'Which protocol and which dialect of SQL it speaks.',
      presets.map(({ id }) => id),
      defaultSettings.preset,
    ),
    host: {
      title: 'Server',
      description: 'Its name or address.',
      type: 'string',
      pattern: '^[A-Za-z0-9_.:-]+$',
      maxLength: 253,
    },
    port: integer('Port', 'Left out: 5432 of PostgreSQL, 3306 of MariaDB and MySQL.', 1, 65_535),
    database: {
      title: 'Database',
      description: 'Its name at the server.',
      type: 'string',
      minLength: 1,
      maxLength: 64,
    },
    security: choice(
      'Encryption',
      'verify-full: encrypted, and the certificate is for this server. verify-ca: encrypted, and the certificate is of a trusted authority, whatever name is in it. none: passwords and personal data travel in the clear.',
      ['verify-full', 'verify-ca', 'none'],
      defaultSettings.security,
    ),
    caCertificates: caCertificates(
      'PEM certificates of the authority that signed the server’s certificate. With them no other authority is trusted.',
    ),
    serverName: serverName('Where it differs from the server’s name above.'),
    timeoutMs: timeoutMs('How long connecting and one statement may take.', defaultSettings.timeoutMs),
    connections: connections('Connections kept open to the server at most.', 64, defaultSettings.connections),
    pageSize: pageSize(
      'Rows asked for at a time when all of them are read.',
      10_000,
      defaultSettings.pageSize,
    ),
    maxAnswerBytes: maxAnswerBytes(
      'A longer answer to one statement is cut off.',
      defaultSettings.maxAnswerBytes,
    ),
    sessionSettings: {
      title: 'Session settings',
      description:
        'Set after signing in, such as search_path or role (PostgreSQL), sql_mode (MariaDB, MySQL): name and value.',
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_.]*$' },
      additionalProperties: { type: 'string', maxLength: 1000 },
      maxProperties: 20,
      default: defaultSettings.sessionSettings,
    },
    mode: choice(
      'What is written',
      'tables: rows of tables named below. statements: statements or procedures of your own.',
      ['tables', 'statements'],
      defaultSettings.mode,
    ),
    userTable: table('Table of accounts', 'Such as users, or hr.users with its schema.'),
    userKey: columns('Key of accounts', 'The columns of its primary key.', defaultSettings.userKey),
    userActiveColumn: column(
      'Column that enables accounts',
      'A boolean, a text or number with the values below, or a time since which the account is disabled. Left out: accounts cannot be disabled.',
    ),
    activeValue: {
      title: 'Its value when enabled',
      description: 'For texts and numbers, such as A or 1.',
      type: 'string',
      maxLength: 200,
    },
    inactiveValue: {
      title: 'Its value when disabled',
      description: 'For texts and numbers, such as D or 0.',
      type: 'string',
      maxLength: 200,
    },
    userDeletedColumn: column(
      'Column that marks deleted accounts',
      'A time (when it was deleted) or a boolean. Rows are marked then, and never deleted. Left out: rows are deleted.',
    ),
    userUpdatedColumn: column(
      'Column of the last change of accounts',
      'A date with time. With it changes are imported instead of everything.',
    ),
    groupTable: table('Table of groups', 'Left out: only accounts are pushed.'),
    groupKey: columns('Key of groups', 'The columns of its primary key.', defaultSettings.groupKey),
    groupDeletedColumn: column('Column that marks deleted groups', 'As for accounts.'),
    groupUpdatedColumn: column('Column of the last change of groups', 'As for accounts.'),
    memberTable: table('Table of members', 'A row for each account in a group. Needed with groups.'),
    memberGroupColumns: columns(
      'Its columns for the group',
      'In the order of the key of groups.',
      defaultSettings.memberGroupColumns,
    ),
    memberUserColumns: columns(
      'Its columns for the account',
      'In the order of the key of accounts.',
      defaultSettings.memberUserColumns,
    ),
    membersPerCall: integer(
      'Members for each call',
      'Members added or removed in one transaction at most.',
      1,
      5_000,
      defaultSettings.membersPerCall,
    ),
    touchUpdated: flag(
      'Write the time of the last change',
      'Off where the database does so itself (a trigger, ON UPDATE CURRENT_TIMESTAMP).',
      defaultSettings.touchUpdated,
    ),
    overlapSeconds: integer(
      'Overlap of changes (s)',
      'Changes are committed later than they are dated: so far back is read again. As long as the longest transaction there.',
      0,
      86_400,
      defaultSettings.overlapSeconds,
    ),
    writeOnlyColumns: {
      title: 'Columns never read',
      description:
        'Written, and not read nor shown. Those named like passwords, secrets and tokens are so anyway.',
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 64 },
      maxItems: 50,
      default: defaultSettings.writeOnlyColumns,
    },
    statements: {
      title: 'Statements',
      description:
        'For the mode "statements". Values are parameters, :name; they are bound, never put into the text. What is read gives a column id and a column for each attribute, and active where accounts can be disabled.',
      type: 'object',
      additionalProperties: false,
      default: defaultSettings.statements,
      properties: {
        listUsers: statement(
          'All accounts',
          ':after (id of the last one before, null at first) and :limit. In the order of id.',
        ),
        getUser: statement('One account', 'By :id.'),
        findUser: byAttribute(
          'Accounts with a value',
          'For each attribute that is matched by, a statement that takes :value.',
        ),
        createUser: statement(
          'Create an account',
          'Takes its attributes, :active, :operationId (the same when repeated) and :newId (a UUID for it). Gives back its id.',
        ),
        updateUser: statement(
          'Change an account',
          'By :id. Takes attributes and :active; those that are not changed have the value getUser gives.',
        ),
        disableUser: statement('Disable an account', 'By :id. Left out: updateUser takes :active.'),
        enableUser: statement('Enable an account', 'By :id. Left out: updateUser takes :active.'),
        deleteUser: statement('Delete an account', 'By :id.'),
        listGroups: statement('All groups', 'As for accounts.'),
        getGroup: statement('One group', 'By :id.'),
        findGroup: byAttribute('Groups with a value', 'As for accounts.'),
        createGroup: statement('Create a group', 'As for accounts.'),
        updateGroup: statement('Change a group', 'As for accounts.'),
        deleteGroup: statement('Delete a group', 'By :id.'),
        listMembers: statement('Members of a group', 'By :groupId. Gives a column id, of accounts.'),
        addMember: statement('Add a member', ':groupId, :memberId. Harmless when it is there already.'),
        removeMember: statement('Remove a member', ':groupId, :memberId. Harmless when it is not there.'),
      },
    },
    writeProbe: writeProbe(
      'A test of the connection adds an account, changes and deletes it, and rolls all of it back. For the mode "tables".',
      defaultSettings.writeProbe,
    ),
  },
  allOf: [
    {
      if: { required: ['mode'], properties: { mode: { const: 'statements' } } },
      then: { required: ['statements'] },
      else: { required: ['userTable'] },
    },
    { if: { required: ['groupTable'] }, then: { required: ['memberTable'] } },
  ],
};

const user = {
  title: 'User',
  description: 'Of the database, with the rights the connector names.',
  type: 'string',
  minLength: 1,
  maxLength: 128,
};

export const credentialsSchema = credentialsOf([
  {
    title: 'User and password',
    additionalProperties: false,
    required: ['type', 'user', 'password'],
    properties: { type: { const: 'password' }, user, password: password('Of that user.') },
  },
  {
    title: 'Client certificate',
    additionalProperties: false,
    required: ['type', 'user', 'certificate', 'privateKey'],
    properties: {
      type: { const: 'certificate' },
      user,
      certificate: certificate('PEM, made out to the user where the server wants it so.'),
      privateKey: privateKey('PEM, without passphrase.'),
      password: password('Where the server wants both.'),
    },
  },
]);
