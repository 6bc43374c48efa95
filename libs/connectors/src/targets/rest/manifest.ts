import type { Capabilities, Manifest } from '../../contract.js';
import { completeSettings } from './complete-settings.js';
import { credentialsSchema } from './credentials-schema.js';
import { defaultMappings } from './default-mappings.js';
import { presets } from './presets/presets.js';
import type { RestSettings } from './settings.js';
import { settingsSchema } from './settings-schema.js';

/** What the described requests can do. */
export function capabilitiesWith({ users, groups, pageSize, membersPerCall }: RestSettings): Capabilities {
  const each = groups?.addMember !== undefined && groups.removeMember !== undefined;
  const readable = groups?.get !== undefined && groups.read?.members !== undefined;
  return {
    create: users.create !== undefined,
    update: users.update !== undefined || users.deactivate !== undefined,
    delete: users.delete !== undefined,
    groups: groups?.create !== undefined,
    find: users.find !== undefined || users.list !== undefined,
    list: users.list !== undefined,
    changes: false,
    members: {
      addRemove: each || groups?.changeMembers !== undefined,
      maxPerCall: membersPerCall,
      readable,
      nested: false,
    },
    pageSize,
  };
}

const of = (preset: string) => completeSettings({ preset, baseUrl: 'https://app.example.com' });

export const manifest: Manifest = {
  type: 'rest',
  name: 'REST and webhook',
  description: 'Any app with an HTTP API, described request by request, or a receiver of signed events.',
  settingsSchema,
  credentialsSchema,
  capabilities: {
    ...capabilitiesWith(of('generic')),
    create: true,
    update: true,
    delete: true,
    groups: true,
    find: true,
    list: true,
  },
  presets: presets.map((preset) => ({
    ...preset,
    ...(preset.id !== 'generic' && { capabilities: capabilitiesWith(of(preset.id)) }),
  })),
  defaultMappings,
  rights: ['To read, create, change and delete users and groups over the app’s API.'],
};
