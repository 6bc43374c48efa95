import type { Capabilities, Manifest } from '../../contract.js';
import { defaultMappings } from './default-mappings.js';
import { defaultSettings, type DomainSettings } from './settings.js';
import { credentialsSchema, settingsSchema } from './settings-schema.js';

export const capabilitiesWith = ({
  groups,
  membersPerCall,
  pageSize,
}: Pick<DomainSettings, 'groups' | 'membersPerCall' | 'pageSize'>): Capabilities => ({
  create: true,
  update: true,
  delete: true,
  groups,
  find: true,
  list: true,
  changes: true,
  members: { addRemove: groups, maxPerCall: membersPerCall, readable: true, nested: true },
  pageSize,
});

export const manifest: Manifest = {
  type: 'active-directory',
  name: 'Active Directory',
  description:
    'Accounts and groups in a Windows or Samba domain, over LDAP with TLS: passwords, OUs, managers, nested groups, changes with tombstones.',
  settingsSchema,
  credentialsSchema,
  capabilities: capabilitiesWith(defaultSettings),
  presets: [],
  defaultMappings,
  rights: [
    'Create and delete user and group objects in the OUs of accounts, disabled accounts and groups.',
    'Write all properties and reset passwords of the accounts there, and write the members of the groups.',
    'Delete child objects in one OU and create them in the other, where accounts are moved.',
    'List and read CN=Deleted Objects, where changes are imported.',
  ],
  limits: [
    'sAMAccountName has 20 characters at most and none of " / \\ [ ] : ; | = , + * ? < > @.',
    'Other attributes have the lengths of the schema: cn 64, title 128, department 64, employeeID 16.',
    'A list gives 1000 entries a page, an attribute 1500 values a read.',
    'Members whose primary group it is are not among the members of a group.',
    'Changes are counted by each domain controller for itself: another one means reading everything again.',
  ],
};
