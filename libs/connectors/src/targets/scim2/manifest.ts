import type { Capabilities, Manifest } from '../../contract.js';
import { defaultMappings } from './default-mappings.js';
import { defaultSettings, presets, type Scim2Settings } from './settings.js';
import { credentialsSchema, settingsSchema } from './settings-schema.js';

/** What is taken for granted until the app has been asked. */
export function capabilitiesWith(settings: Omit<Scim2Settings, 'baseUrl'>): Capabilities {
  return {
    create: true,
    update: true,
    delete: true,
    groups: settings.groups,
    find: true,
    list: true,
    changes: false,
    members: {
      addRemove: settings.groups,
      maxPerCall: settings.membersPerCall,
      readable: false,
      nested: true,
    },
    pageSize: settings.pageSize,
  };
}

export const manifest: Manifest = {
  type: 'scim2',
  name: 'SCIM 2.0',
  description: 'Any app with a SCIM 2.0 endpoint (RFC 7644).',
  settingsSchema,
  credentialsSchema,
  capabilities: capabilitiesWith(defaultSettings),
  presets,
  defaultMappings,
};
