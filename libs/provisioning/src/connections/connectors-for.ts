import { connectorModule } from '@rollcall/connectors';
import { HubConfig } from '@rollcall/platform';
import type { ConnectorAccess } from './open-connection.js';

/** The connectors as this hub may use them: within HUB_TARGET_NETWORKS and HUB_CSV_FOLDERS. */
export function connectorsFor({ allowTargetAddress, csvFolders }: HubConfig): ConnectorAccess {
  return {
    module: connectorModule,
    runtime: {
      userAgent: 'Rollcall',
      localFolders: csvFolders,
      ...(allowTargetAddress && { allowAddress: allowTargetAddress }),
    },
  };
}
