import type { ConnectorModule } from './contract.js';
import { activeDirectory } from './targets/active-directory/active-directory.connector.js';
import { csv } from './targets/csv/csv.connector.js';
import { googleWorkspace } from './targets/google-workspace/google-workspace.connector.js';
import { ldap } from './targets/ldap/ldap.connector.js';
import { microsoftGraph } from './targets/microsoft-graph/microsoft-graph.connector.js';
import { rest } from './targets/rest/rest.connector.js';
import { scim2 } from './targets/scim2/scim2.connector.js';
import { workday } from './targets/workday/workday.connector.js';
import { sql } from './targets/sql/sql.connector.js';

/** Every kind of target this hub can push to. */
export const connectorModules: readonly ConnectorModule[] = [
  scim2,
  ldap,
  activeDirectory,
  googleWorkspace,
  microsoftGraph,
  rest,
  sql,
  csv,
  workday,
];

const byType = new Map(connectorModules.map((module) => [module.manifest.type, module]));

export const connectorModule = (type: string): ConnectorModule | undefined => byType.get(type);
