import { connectorModule } from '@rollcall/connectors';
import { HubConfig } from '@rollcall/platform';
import type { ConnectorAccess } from './open-connection.js';

/** The connectors as this hub may use them: within the networks of HUB_TARGET_NETWORKS. */
export function connectorsFor({ allowTargetAddress }: HubConfig): ConnectorAccess {
  return {
    module: connectorModule,
    runtime: { userAgent: 'Rollcall', ...(allowTargetAddress && { allowAddress: allowTargetAddress }) },
  };
}
