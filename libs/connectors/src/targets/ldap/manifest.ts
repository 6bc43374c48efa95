import type { Capabilities, Manifest } from '../../contract.js';
import { defaultMappings } from './default-mappings.js';
import { defaultSettings, memberAttributeOf, presets, type LdapSettings } from './settings.js';
import { credentialsSchema, settingsSchema } from './settings-schema.js';

export function capabilitiesWith(settings: Omit<LdapSettings, 'url' | 'userBase'>): Capabilities {
  return {
    create: true,
    update: true,
    delete: true,
    groups: settings.groups,
    find: true,
    list: true,
    changes: true,
    members: {
      addRemove: settings.groups,
      maxPerCall: settings.membersPerCall,
      readable: true,
      nested: memberAttributeOf[settings.groupObjectClass].holds === 'name',
    },
    pageSize: settings.pageSize,
  };
}

export const manifest: Manifest = {
  type: 'ldap',
  name: 'LDAP',
  description:
    'OpenLDAP and other LDAP v3 directories: inetOrgPerson and POSIX accounts, groups of names and POSIX groups.',
  settingsSchema,
  credentialsSchema,
  capabilities: capabilitiesWith(defaultSettings),
  presets,
  defaultMappings,
  rights: [
    'Read the accounts, the groups and the schema, with entryUUID.',
    'Add, change, rename and delete entries under the accounts and the groups.',
    'Manage pwdAccountLockedTime, where accounts are disabled by it.',
    'No size limit for paged searches (olcLimits: size.prtotal=unlimited, size.soft and size.hard too).',
    'Read the access log, where changes are imported.',
  ],
};
