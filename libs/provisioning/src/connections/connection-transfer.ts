import { Database } from '@rollcall/platform';
import { type ConnectionDocument, readDocument, writeDocument } from './connection-document.js';
import { InvalidConnection } from './connection.errors.js';
import type { Connections, NewConnection, SavedConnection } from './connections.js';
import { defaultMappingsOf } from './default-mappings.js';

type Options = Pick<NewConnection, 'ignoreTargetSchema'>;

/** Connections out to files and in from them. Throws as Connections does. */
export class ConnectionTransfer {
  constructor(
    private readonly database: Database,
    private readonly connections: Connections,
  ) {}

  async export(tenantId: string, id: string): Promise<ConnectionDocument> {
    const row = await this.connections.get(tenantId, id);
    const defaultMappings = defaultMappingsOf(this.connections.module(row.connector), row.settings);
    return writeDocument(this.database, row, defaultMappings);
  }

  /** A new connection, disabled at first. */
  async create(
    tenantId: string,
    document: Record<string, unknown>,
    credentials: Record<string, unknown>,
    options: Options,
    actor?: string,
  ): Promise<SavedConnection> {
    const read = await readDocument(this.database, tenantId, document);
    return this.connections.create(tenantId, { ...read, credentials, ...options }, actor);
  }

  /** The file's configuration in place of the connection's. Name and credentials stay as they are. */
  async replace(
    tenantId: string,
    id: string,
    document: Record<string, unknown>,
    options: Options,
    actor?: string,
  ): Promise<SavedConnection> {
    const row = await this.connections.get(tenantId, id);
    const { connector, settings, mappings, scope, policy } = await readDocument(
      this.database,
      tenantId,
      document,
    );
    if (connector !== row.connector) {
      const message = `is ${connector}, and this connection is ${row.connector}. Import it as a new connection.`;
      throw new InvalidConnection([{ field: 'connector', message }]);
    }
    const change = { settings, mappings, scope, policy, ...options };
    return this.connections.change(tenantId, id, change, actor);
  }
}
