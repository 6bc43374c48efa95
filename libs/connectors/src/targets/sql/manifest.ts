import type { Capabilities, Manifest, Mappings } from '../../contract.js';
import { defaultMappings, defaultMappingsWith, mappingsFor } from './default-mappings.js';
import { dialectOf } from './dialect.js';
import { canDisable, type OwnStatements, ownStatements, writtenAttributes } from './own-statements.js';
import { completeSettings, defaultSettings, hasGroups, presets, type SqlSettings } from './settings.js';
import { credentialsSchema, settingsSchema } from './settings-schema.js';
import { TemplateError } from './statement-template.js';

export function capabilitiesWith(given: Partial<SqlSettings>): Capabilities {
  const settings = { ...defaultSettings, ...given };
  const { mode, membersPerCall: maxPerCall, pageSize, statements } = settings;
  const groups = hasGroups(settings);
  if (mode === 'tables')
    return {
      create: true,
      update: true,
      delete: true,
      groups,
      find: true,
      list: true,
      changes: settings.userUpdatedColumn !== undefined,
      members: { addRemove: groups, maxPerCall, readable: true, nested: false },
      pageSize,
    };
  const has = (...names: (keyof typeof statements)[]) =>
    names.every((name) => statements[name] !== undefined);
  return {
    create: has('createUser'),
    update: has('updateUser', 'getUser') || has('disableUser', 'enableUser', 'getUser'),
    delete: has('deleteUser', 'getUser'),
    groups,
    find: has('findUser'),
    list: has('listUsers'),
    changes: false,
    members: {
      addRemove: groups && has('addMember', 'removeMember', 'getUser', 'getGroup'),
      maxPerCall: Math.min(maxPerCall, 100),
      readable: has('listMembers'),
      nested: false,
    },
    pageSize,
  };
}

export function mappingsWith(given: Partial<SqlSettings>): Mappings {
  const settings = completeSettings({ host: '', database: '', ...given });
  const groups = hasGroups(settings);
  if (settings.mode === 'tables') return defaultMappingsWith(settings.userActiveColumn !== undefined, groups);
  const own = readable(settings);
  if (!own) return defaultMappingsWith(false, groups);
  return mappingsFor(
    defaultMappingsWith(canDisable(own.user), groups),
    { user: writtenAttributes(own.user).created, group: writtenAttributes(own.group).created },
    { user: [...own.user.find.keys()], group: [...own.group.find.keys()] },
  );
}

/** Undefined where a statement is wrong, which is told elsewhere. */
function readable(settings: SqlSettings): OwnStatements | undefined {
  try {
    return ownStatements(settings, dialectOf(settings.preset));
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

export const manifest: Manifest = {
  type: 'sql',
  name: 'SQL database',
  description:
    'Accounts, groups and members in tables of PostgreSQL, MariaDB or MySQL: by columns, or by statements and procedures of your own.',
  settingsSchema,
  credentialsSchema,
  capabilities: { ...capabilitiesWith({ groupTable: 'groups', userUpdatedColumn: 'updated_at' }) },
  presets,
  defaultMappings,
  rights: [
    'Connect to the database and use the schema of the tables.',
    'SELECT, INSERT and UPDATE on the tables of accounts and groups; DELETE where rows are deleted and not marked.',
    'SELECT, INSERT and DELETE on the table of members.',
    'USAGE on the sequences that count keys (PostgreSQL, serial).',
    'EXECUTE on the procedures, where statements call some.',
  ],
  limits: [
    'Values are checked against type, length, range, enum and simple checks of their column before they are sent.',
    'MariaDB and MySQL: tables of an engine with transactions (InnoDB) only.',
    'Changes are told by the column of the last change, which must not be null.',
    'Statements of your own tell no changes: everything is read instead.',
  ],
};
