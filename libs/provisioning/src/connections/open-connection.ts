import type {
  Capabilities,
  Connector,
  ConnectorModule,
  ConnectorRuntime,
  Mappings,
} from '@rollcall/connectors';
import { Database, Keyring } from '@rollcall/platform';
import { projectedTypes } from '@rollcall/read-model';
import { compileConfiguration } from '../plan/compile-configuration.js';
import type { Configuration } from '../plan/plan.js';
import type { PolicyInput } from '../plan/policy.js';
import type { Scope } from '../scope/scope.js';
import { type ConnectionPace, paceOf } from './connection-pace.js';
import { openCredentials } from './credentials.js';
import { defaultMappingsOf } from './default-mappings.js';

/** What connections are opened with. */
export interface ConnectorAccess {
  module(type: string): ConnectorModule | undefined;
  runtime: ConnectorRuntime;
}

export interface OpenConnection {
  configuration: Configuration;
  capabilities: Capabilities;
  pace: ConnectionPace;
  connector: Connector;
}

interface Row {
  connector: string;
  settings: object;
  credentials: Buffer;
  mappings: Mappings | null;
  scope: Scope;
  policy: PolicyInput;
  version: number;
}

/** What a configuration is tried with before it is saved. Each given part stands in place of the saved one. */
export interface Draft {
  /** Null: the connector's own. */
  mappings?: Mappings | null;
  scope?: Scope;
  policy?: PolicyInput;
}

/** A connection with its connector, as configured now. The caller closes the connector. */
export async function openConnection(
  database: Database,
  keyring: Keyring,
  access: ConnectorAccess,
  tenantId: string,
  connectionId: string,
  draft: Draft = {},
): Promise<OpenConnection | undefined> {
  const [row] = await database.query<Row>(
    `select connector, settings, credentials, mappings, scope, policy, config_version as version
     from hub.connection where tenant_id = $1 and id = $2`,
    [tenantId, connectionId],
  );
  if (!row) return undefined;
  const module = access.module(row.connector);
  if (!module) throw new Error(`There is no connector "${row.connector}" in this version of the hub`);
  const { manifest } = module;
  const credentials = openCredentials(keyring, tenantId, connectionId, row.credentials);
  const policy = draft.policy ?? row.policy;
  return {
    configuration: compileConfiguration({
      version: row.version,
      scope: draft.scope ?? row.scope,
      policy,
      mappings:
        (draft.mappings === undefined ? row.mappings : draft.mappings) ??
        defaultMappingsOf(module, row.settings),
      types: await projectedTypes(database.pool, tenantId),
    }),
    capabilities: module.capabilities?.(row.settings) ?? manifest.capabilities,
    pace: paceOf(module, row.settings, policy),
    connector: module.open(row.settings, credentials, access.runtime),
  };
}
