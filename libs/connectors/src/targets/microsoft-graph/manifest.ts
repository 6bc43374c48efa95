import type { Capabilities, Manifest } from '../../contract.js';
import { membersPerCall } from './change-members.js';
import { clouds } from './clouds.js';
import { defaultMappings } from './default-mappings.js';
import { defaultSettings, type GraphSettings } from './settings.js';
import { credentialsSchema, settingsSchema } from './settings-schema.js';

export function capabilitiesWith({
  groups,
  groupType,
  pageSize,
}: Pick<GraphSettings, 'groups' | 'groupType' | 'pageSize'>): Capabilities {
  return {
    create: true,
    update: true,
    delete: true,
    groups,
    find: true,
    list: true,
    changes: true,
    members: {
      addRemove: groups,
      maxPerCall: membersPerCall,
      readable: true,
      nested: groupType === 'security',
    },
    pageSize,
  };
}

/** https://learn.microsoft.com/graph/throttling-limits */
export const limits = [
  '3,000 writes in 2.5 minutes for the app in a tenant: 20 a second. Others of the tenant’s apps count for themselves.',
  'Reads cost units: 3,500 (small tenants), 5,000 or 8,000 (large ones) in 10 seconds.',
  '20 members for each call.',
  'What is new may take minutes to show everywhere.',
];

export const manifest: Manifest = {
  type: 'microsoft-graph',
  name: 'Microsoft Entra ID',
  description: 'Users, security groups and Microsoft 365 groups of an Entra tenant, over Microsoft Graph.',
  settingsSchema,
  credentialsSchema,
  capabilities: capabilitiesWith(defaultSettings),
  presets: Object.entries(clouds).map(([id, { name, authority, graphUrl }]) => ({
    id,
    name,
    note: 'Tenant id and application (client) id are on the overview page of the app registration.',
    settings: { authority, graphUrl },
    requestsPerSecond: 20,
  })),
  defaultMappings,
  rights: [
    'User.ReadWrite.All (application permission, with admin consent).',
    'Group.ReadWrite.All, where groups are pushed.',
    'Directory.Read.All, so that directory extensions and domains can be read.',
    'A directory role such as User Administrator, where passwords are set or accounts of administrators are changed.',
  ],
  limits,
};
