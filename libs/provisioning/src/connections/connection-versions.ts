import type { Mappings } from '@rollcall/connectors';
import { Database } from '@rollcall/platform';
import type { PoolClient } from 'pg';
import type { PolicyInput } from '../plan/policy.js';
import type { Scope } from '../scope/scope.js';
import { ConnectionNotFound, VersionNotFound } from './connection.errors.js';
import { type Difference, differencesOf } from './differences.js';

export interface VersionSummary {
  version: number;
  at: Date;
  /** Who saved it: "admin:<key id>", "admin:operator", or "hub". */
  actor: string;
  /** Parts that differ from the version before. */
  changed: string[];
  restoredFrom: number | null;
}

/** A configuration as it was. Credentials are never in it. */
export interface ConnectionVersion extends VersionSummary {
  name: string;
  connector: string;
  settings: Record<string, unknown>;
  /** Null: the connector's own. */
  mappings: Mappings | null;
  /** What that meant at the time; null where that was before it was recorded. */
  mappingsUsed: Mappings | null;
  scope: Scope;
  policy: PolicyInput;
}

export interface VersionPage {
  items: VersionSummary[];
  nextCursor?: string;
}

const summary = `version, at, actor, changed, restored_from as "restoredFrom"`;

/** What a connection's configuration was: one version for every time it was saved. */
export class ConnectionVersions {
  constructor(private readonly database: Database) {}

  /** Newest first. @param before only those before this version */
  async list(
    tenantId: string,
    connectionId: string,
    { before, limit = 100 }: { before?: number; limit?: number },
  ): Promise<VersionPage> {
    await this.expectConnection(tenantId, connectionId);
    const items = await this.database.query<VersionSummary>(
      `select ${summary} from hub.connection_version
       where tenant_id = $1 and connection_id = $2 and version < $3 order by version desc limit $4`,
      [tenantId, connectionId, before ?? 2_147_483_647, limit + 1],
    );
    if (items.length <= limit) return { items };
    const page = items.slice(0, limit);
    return { items: page, nextCursor: String(page.at(-1)!.version) };
  }

  /** Throws VersionNotFound. */
  async get(tenantId: string, connectionId: string, version: number): Promise<ConnectionVersion> {
    await this.expectConnection(tenantId, connectionId);
    const [found] = await this.database.query<ConnectionVersion>(
      `select ${summary}, name, connector, settings, mappings, mappings_used as "mappingsUsed", scope, policy
       from hub.connection_version where tenant_id = $1 and connection_id = $2 and version = $3`,
      [tenantId, connectionId, version],
    );
    if (!found) throw new VersionNotFound(version);
    return found;
  }

  /** What became different between two versions. */
  async differences(tenantId: string, connectionId: string, from: number, to: number): Promise<Difference[]> {
    const [before, after] = await Promise.all([
      this.get(tenantId, connectionId, from),
      this.get(tenantId, connectionId, to),
    ]);
    return differencesOf(partsOf(before), partsOf(after));
  }

  private async expectConnection(tenantId: string, id: string): Promise<void> {
    const found = await this.database.query('select from hub.connection where tenant_id = $1 and id = $2', [
      tenantId,
      id,
    ]);
    if (found.length === 0) throw new ConnectionNotFound(id);
  }
}

function partsOf({ name, settings, mappings, mappingsUsed, scope, policy }: ConnectionVersion) {
  return { name, settings, mappings: mappingsUsed ?? mappings, scope, policy };
}

/** Keeps the connection as it is now, in the transaction that changes it. */
export async function keepVersion(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  about: { actor: string; changed: string[]; restoredFrom?: number; defaultMappings: Mappings },
): Promise<void> {
  await client.query(
    `insert into hub.connection_version (tenant_id, connection_id, version, actor, changed, restored_from, name,
       connector, settings, mappings, mappings_used, scope, policy)
     select tenant_id, id, config_version, $3, $4, $5, name, connector, settings, mappings,
       coalesce(mappings, $6::jsonb), scope, policy
     from hub.connection where tenant_id = $1 and id = $2`,
    [
      tenantId,
      connectionId,
      about.actor,
      about.changed,
      about.restoredFrom ?? null,
      JSON.stringify(about.defaultMappings),
    ],
  );
}
