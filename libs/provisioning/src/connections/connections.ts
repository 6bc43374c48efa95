import { randomUUID } from 'node:crypto';
import type { ConnectorModule, Mappings, TestReport } from '@rollcall/connectors';
import { Database, Keyring, Queues } from '@rollcall/platform';
import type { Repository } from 'typeorm';
import type { PolicyInput } from '../plan/policy.js';
import { pokeWorkers } from '../push/poke-workers.js';
import type { Scope } from '../scope/scope.js';
import { makeEverythingDue } from '../work/make-everything-due.js';
import { pushQueueName } from '../work/push-job.js';
import { checkConnection, type ConnectionParts } from './check-connection.js';
import { ConnectionEntity } from './connection.entity.js';
import { ConnectionNameTaken, ConnectionNotFound, InvalidConnection } from './connection.errors.js';
import { openCredentials, sealCredentials } from './credentials.js';
import type { ConnectorAccess } from './open-connection.js';

export interface NewConnection {
  name: string;
  connector: string;
  settings: Record<string, unknown>;
  credentials: Record<string, unknown>;
  mappings?: Mappings | null;
  scope?: Scope;
  policy?: PolicyInput;
}

export type ConnectionChange = Partial<Omit<NewConnection, 'connector'>>;

/** A tenant's connections. Every method throws ConnectionNotFound for a connection of somebody else. */
export class Connections {
  private readonly rows: Repository<ConnectionEntity>;

  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    private readonly queues: Queues,
    private readonly access: ConnectorAccess,
  ) {
    this.rows = database.dataSource.getRepository(ConnectionEntity);
  }

  /** Disabled at first. Throws InvalidConnection, ConnectionNameTaken. */
  async create(tenantId: string, given: NewConnection): Promise<ConnectionEntity> {
    await this.check(this.module(given.connector), given);
    const id = randomUUID();
    await unlessNameTaken(given.name, () =>
      this.rows.insert({
        tenantId,
        id,
        name: given.name.trim(),
        connector: given.connector,
        settings: given.settings as never,
        credentials: sealCredentials(this.keyring, tenantId, id, given.credentials),
        mappings: (given.mappings ?? null) as never,
        scope: given.scope ?? {},
        policy: given.policy ?? {},
      }),
    );
    return this.get(tenantId, id);
  }

  async list(tenantId: string): Promise<ConnectionEntity[]> {
    return this.rows.find({ where: { tenantId }, order: { name: 'ASC' } });
  }

  async get(tenantId: string, id: string): Promise<ConnectionEntity> {
    const row = await this.rows.findOneBy({ tenantId, id });
    if (!row) throw new ConnectionNotFound(id);
    return row;
  }

  /**
   * Each given part replaces the old one whole. Every subject is looked at again under the new configuration;
   * a connection in quarantine is given another chance.
   */
  async change(tenantId: string, id: string, change: ConnectionChange): Promise<ConnectionEntity> {
    const row = await this.get(tenantId, id);
    await this.check(this.module(row.connector), change);
    const { name, credentials, ...configuration } = change;
    await unlessNameTaken(name ?? row.name, () =>
      this.rows.update(
        { tenantId, id },
        {
          ...(name !== undefined && { name: name.trim() }),
          ...(configuration as object),
          ...(credentials && { credentials: sealCredentials(this.keyring, tenantId, id, credentials) }),
          configVersion: () => 'config_version + 1',
          ...(row.state === 'quarantined' && { state: 'enabled', stateReason: null }),
          notBefore: null,
          failures: 0,
          resyncRequested: () => 'resync_requested + 1',
        },
      ),
    );
    await this.resync(tenantId, id);
    return this.get(tenantId, id);
  }

  async enable(tenantId: string, id: string): Promise<ConnectionEntity> {
    const row = await this.get(tenantId, id);
    this.module(row.connector);
    await this.rows.update(
      { tenantId, id },
      {
        state: 'enabled',
        stateReason: null,
        notBefore: null,
        failures: 0,
        resyncRequested: () => 'resync_requested + 1',
      },
    );
    await this.resync(tenantId, id);
    return this.get(tenantId, id);
  }

  /** What is under way ends; nothing more is sent. What waits is forgotten: enabling looks at everybody again. */
  async disable(tenantId: string, id: string): Promise<ConnectionEntity> {
    await this.get(tenantId, id);
    await this.rows.update(
      { tenantId, id },
      { state: 'disabled', stateReason: null, notBefore: null, failures: 0 },
    );
    await this.database.query(
      `update hub.work_item set handed_until = null
       where tenant_id = $1 and connection_id = $2 and handed_until is not null and lease_owner is null`,
      [tenantId, id],
    );
    await pokeWorkers(this.queues);
    await this.queues.queue(pushQueueName(id)).drain(true);
    return this.get(tenantId, id);
  }

  /** The accounts at the target stay as they are; the hub forgets that it ever knew them. */
  async remove(tenantId: string, id: string): Promise<void> {
    await this.get(tenantId, id);
    await this.database.transaction(async (client) => {
      for (const table of [
        'work_member',
        'work_item',
        'target_member',
        'target_reference',
        'target_object',
      ]) {
        await client.query(`delete from hub.${table} where tenant_id = $1 and connection_id = $2`, [
          tenantId,
          id,
        ]);
      }
      await client.query('delete from hub.connection where tenant_id = $1 and id = $2', [tenantId, id]);
    });
    await pokeWorkers(this.queues);
    await this.queues.removeQueue(pushQueueName(id));
  }

  /** Asks the target, step by step; nothing is written there. */
  async test(tenantId: string, id: string): Promise<TestReport> {
    const row = await this.rows.findOneOrFail({
      where: { tenantId, id: (await this.get(tenantId, id)).id },
      select: { id: true, connector: true, settings: true, credentials: true },
    });
    const credentials = openCredentials(this.keyring, tenantId, id, row.credentials);
    const connector = this.module(row.connector).open(row.settings, credentials, this.access.runtime);
    try {
      return await connector.test();
    } finally {
      await connector.close();
    }
  }

  private async check(module: ConnectorModule, parts: ConnectionParts): Promise<void> {
    const errors = await checkConnection(module, parts);
    if (errors.length > 0) throw new InvalidConnection(errors);
  }

  private module(connector: string): ConnectorModule {
    const module = this.access.module(connector);
    if (module) return module;
    throw new InvalidConnection([
      {
        field: 'connector',
        message: `"${connector}" is none of the connectors; see GET /api/v1/connectors.`,
      },
    ]);
  }

  private async resync(tenantId: string, id: string): Promise<void> {
    const row = await this.get(tenantId, id);
    if (row.state === 'disabled') return;
    await makeEverythingDue(this.database, tenantId, id);
    await pokeWorkers(this.queues);
  }
}

async function unlessNameTaken(name: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    if (code === '23505' && constraint === 'connection_name') throw new ConnectionNameTaken(name);
    throw error;
  }
}
