import type { ConnectorModule } from '../../contract.js';
import { checkAttribute, checkParts } from './check-parts.js';
import { defaultMappingsWith } from './default-mappings.js';
import { FolderStore } from './folder-store.js';
import { ImportConnector } from './import.connector.js';
import { capabilitiesWith, manifest } from './manifest.js';
import { completeSettings, type CsvCredentials, type CsvSettings } from './settings.js';
import { SftpStore } from './sftp-store.js';
import { TableConnector } from './table.connector.js';

/** CSV files (RFC 4180) at an SFTP server or in a folder of this machine. */
export const csv: ConnectorModule = {
  manifest,
  capabilities: (settings) => capabilitiesWith(completeSettings(settings as Partial<CsvSettings>)),
  defaultMappings: (settings) => defaultMappingsWith(completeSettings(settings as Partial<CsvSettings>)),
  check: checkParts,
  checkAttribute,
  open: (given, credentials, runtime) => {
    const settings = completeSettings(given as Partial<CsvSettings>);
    const store = settings.url.startsWith('file:')
      ? new FolderStore(settings.url, runtime.localFolders ?? [])
      : new SftpStore(settings, credentials as CsvCredentials, runtime);
    return settings.mode === 'import'
      ? new ImportConnector(settings, store)
      : new TableConnector(settings, store);
  },
};
