import type { Capabilities, Manifest } from '../../contract.js';
import { defaultMappingsWith } from './default-mappings.js';
import { defaultSettings, type GoogleSettings } from './settings.js';
import { credentialsSchema, settingsSchema } from './settings-schema.js';

export const capabilitiesWith = (settings: Omit<GoogleSettings, 'domain'>): Capabilities => ({
  create: true,
  update: true,
  delete: true,
  groups: settings.groups,
  find: true,
  list: true,
  // The Directory API has neither a delta token nor a filter by time.
  changes: false,
  members: {
    addRemove: settings.groups,
    maxPerCall: settings.membersPerCall,
    readable: settings.groups,
    nested: true,
  },
  pageSize: settings.pageSize,
});

export const manifest: Manifest = {
  type: 'google-workspace',
  name: 'Google Workspace',
  description: 'Users, groups and members of a Google Workspace or Cloud Identity account (Directory API).',
  settingsSchema,
  credentialsSchema,
  capabilities: capabilitiesWith(defaultSettings),
  presets: [],
  defaultMappings: defaultMappingsWith('example.com'),
  rights: [
    'A service account with domain-wide delegation for the scopes in the settings, acting for an administrator; or the consent of one.',
    'An administrator role with: users (create, read, update, delete), groups, organizational units (read), schemas (read).',
    'A super administrator, where super administrators are provisioned, too.',
  ],
  limits: [
    '2,400 calls a minute for each administrator and Google Cloud project; fewer new users a second. Set policy.push.requestsPerSecond to 20 at most.',
    'A deleted user can be restored for 20 days, and keeps the address for so long.',
    'Searches other than by address may be hours behind. Match by primaryEmail.',
    'Suspended users need a licence like others; archived ones an Archived User licence.',
    'A rename leaves the old address as an alias.',
  ],
};
