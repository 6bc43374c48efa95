import type { Capabilities, Manifest } from '../../contract.js';
import { defaultMappings, defaultMappingsWith } from './default-mappings.js';
import { completeSettings, type CsvSettings, defaultSettings, presets } from './settings.js';
import { credentialsSchema, settingsSchema } from './settings-schema.js';

export function capabilitiesWith(settings: Omit<CsvSettings, 'url'>): Capabilities {
  const writes = settings.mode !== 'import';
  return {
    create: writes,
    update: writes,
    delete: writes,
    groups: settings.groups,
    find: true,
    list: true,
    changes: !writes,
    members: {
      addRemove: writes && settings.groups,
      maxPerCall: settings.membersPerCall,
      readable: settings.groups,
      nested: false,
    },
    pageSize: settings.pageSize,
  };
}

/** Presets tell what a connection with them can do; the address is the admin's. */
const withPreset = (preset: string): CsvSettings => completeSettings({ preset, url: 'sftp://given/later' });

export const manifest: Manifest = {
  type: 'csv',
  name: 'CSV files',
  description:
    'Files at an SFTP server or in a folder: kept up to date for an app that reads them, files of changes, or files of an HR system to import.',
  settingsSchema,
  credentialsSchema,
  capabilities: capabilitiesWith(defaultSettings),
  presets: presets.map((preset) => ({
    ...preset,
    capabilities: capabilitiesWith(withPreset(preset.id)),
    defaultMappings: defaultMappingsWith(withPreset(preset.id)),
  })),
  defaultMappings,
  rights: [
    'List the folder; read, create, rename and delete files in it.',
    'To import without picking files up: read them.',
    'In a folder of the hub’s machine: the operator names it in HUB_CSV_FOLDERS.',
  ],
  limits: [
    'A file that is written is kept in memory, 256 MB at most unless the settings say otherwise; imports are streamed.',
    'A file is written once for all changes that wait together: at most as many as the policy lets through at once.',
    'An empty value and no value are the same in a file.',
  ],
};
