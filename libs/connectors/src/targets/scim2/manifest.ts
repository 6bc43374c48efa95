import type { Capabilities, Manifest } from '../../contract.js';
import { credentialsSchema } from './credentials-schema.js';
import { defaultMappings } from './default-mappings.js';
import { generic } from './presets/generic.js';
import { presets } from './presets/presets.js';
import { defaultSettings, type Scim2Settings } from './settings.js';
import { settingsSchema } from './settings-schema.js';

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
      readable: settings.groups && settings.membersReadable,
      nested: true,
    },
    pageSize: settings.pageSize,
  };
}

export const manifest: Manifest = {
  type: 'scim2',
  name: 'SCIM 2.0',
  description: 'Any app with a SCIM 2.0 endpoint (RFC 7644), or a SCIM 1.1 one.',
  settingsSchema,
  credentialsSchema,
  capabilities: capabilitiesWith(defaultSettings),
  presets: presets.map((preset) => ({
    ...preset,
    ...(preset !== generic && { page: preset.id }),
    capabilities: capabilitiesWith({ ...defaultSettings, ...preset.settings }),
  })),
  defaultMappings,
  rights: ['To read, create, change and delete users and groups over SCIM.'],
};
