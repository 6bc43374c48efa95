import { Database, Keyring } from '@rollcall/platform';
import { projectedTypes } from '@rollcall/read-model';
import { type ConnectorAccess, type OpenConnection, openConnection } from '../connections/open-connection.js';
import type { Pace } from './pace.js';
import { paced } from './paced-connector.js';
import { AbsentIndex } from './absent-index.js';

export interface ConfiguredConnection extends OpenConnection {
  absent: AbsentIndex;
}

interface Parts {
  database: Database;
  keyring: Keyring;
  connectors: ConnectorAccess;
}

const retiringMs = 60_000;

/**
 * A connection's connector and configuration, opened anew whenever the configuration has changed, or the tenant's
 * schemas by which it is read.
 */
export class CurrentConfiguration {
  private current: { version: string; opened: Promise<ConfiguredConnection> } | undefined;
  private readonly retired = new Set<Promise<ConfiguredConnection>>();

  constructor(
    private readonly parts: Parts,
    private readonly tenantId: string,
    private readonly connectionId: string,
    private readonly pace: Pace,
  ) {}

  async at(configVersion: number): Promise<ConfiguredConnection> {
    const schemas = await projectedTypes(this.parts.database.pool, this.tenantId);
    const version = `${configVersion}/${schemas.version}`;
    if (this.current?.version === version) return this.current.opened;
    const previous = this.current?.opened;
    const opened = this.open();
    this.current = { version, opened };
    opened.catch(() => {
      if (this.current?.opened === opened) this.current = undefined;
    });
    if (previous) this.retire(previous);
    return opened;
  }

  async close(): Promise<void> {
    const all = this.current ? [...this.retired, this.current.opened] : [...this.retired];
    await Promise.all(all.map((opened) => this.closeConnector(opened)));
  }

  private async open(): Promise<ConfiguredConnection> {
    const { database, keyring, connectors } = this.parts;
    const open = await openConnection(database, keyring, connectors, this.tenantId, this.connectionId);
    if (!open) throw new Error(`Connection ${this.connectionId} is gone`);
    const { configuration, capabilities, pace } = open;
    this.pace.configure(pace.requestsPerSecond ?? undefined);
    const connector = paced(open.connector, this.pace);
    const absent = new AbsentIndex(
      connector,
      capabilities.list ? configuration.users.matching : [],
      () => (capabilities.list ? this.accountsToMake() : Promise.resolve(0)),
      capabilities.pageSize,
    );
    return { ...open, connector, absent };
  }

  private async accountsToMake(): Promise<number> {
    const [row] = await this.parts.database.query<{ count: number }>(
      `select count(*)::int as count from hub.work_item w
       where w.tenant_id = $1 and w.connection_id = $2 and w.subject_type = 'user' and w.state in ('due', 'retrying')
         and not exists (select from hub.target_object t where t.tenant_id = $1 and t.connection_id = $2
           and t.subject_id = w.subject_id)`,
      [this.tenantId, this.connectionId],
    );
    return row!.count;
  }

  /** Calls under way end by themselves; the connector closes once they have had time to. */
  private retire(opened: Promise<ConfiguredConnection>): void {
    this.retired.add(opened);
    setTimeout(() => void this.closeConnector(opened), retiringMs).unref();
  }

  private async closeConnector(opened: Promise<ConfiguredConnection>): Promise<void> {
    this.retired.delete(opened);
    const open = await opened.catch(() => undefined);
    await open?.connector.close();
  }
}
