import { randomUUID } from 'node:crypto';
import type { ConnectorModule, Discovery, Mappings, TestReport } from '@rollcall/connectors';
import { Database, Keyring, Queues } from '@rollcall/platform';
import { sameJson } from '@rollcall/scim';
import type { PoolClient } from 'pg';
import type { Repository } from 'typeorm';
import type { PolicyInput } from '../plan/policy.js';
import { pokeWorkers } from '../push/poke-workers.js';
import type { Scope } from '../scope/scope.js';
import { makeEverythingDue } from '../work/make-everything-due.js';
import { pushQueueName } from '../work/push-job.js';
import { checkConnection, type ConnectionParts } from './check-connection.js';
import { type SourceTypes, standardTypes } from './check-mappings.js';
import { ConnectionEntity } from './connection.entity.js';
import {
  ConnectionNameTaken,
  ConnectionNotFound,
  type FieldError,
  InvalidConnection,
} from './connection.errors.js';
import { type ConnectionVersion, keepVersion } from './connection-versions.js';
import { openCredentials, sealCredentials } from './credentials.js';
import { defaultMappingsOf } from './default-mappings.js';
import type { ConnectorAccess, Draft } from './open-connection.js';
import { readDiscovery } from './read-discovery.js';
import { type Tried, tryMappings, type TrySubject } from './try-mappings.js';
import { withoutDeadlock } from '../work/without-deadlock.js';

export interface NewConnection {
  name: string;
  connector: string;
  settings: Record<string, unknown>;
  credentials: Record<string, unknown>;
  mappings?: Mappings | null;
  scope?: Scope;
  policy?: PolicyInput;
  /** Mappings are not held against what the target says of its attributes: it may say it wrongly. */
  ignoreTargetSchema?: boolean;
}

export type ConnectionChange = Partial<Omit<NewConnection, 'connector'>>;

/** As it is now, with what could not be checked when it was saved. */
export type SavedConnection = ConnectionEntity & { warnings: string[] };

/** A tenant's connections. Every method throws ConnectionNotFound for a connection of somebody else. */
export class Connections {
  private readonly rows: Repository<ConnectionEntity>;

  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
    private readonly queues: Queues,
    private readonly access: ConnectorAccess,
    private readonly typesOf: (tenantId: string) => Promise<SourceTypes> = () =>
      Promise.resolve(standardTypes),
  ) {
    this.rows = database.dataSource.getRepository(ConnectionEntity);
  }

  /** Disabled at first. Throws InvalidConnection, ConnectionNameTaken. */
  async create(tenantId: string, given: NewConnection, actor = 'hub'): Promise<SavedConnection> {
    const module = this.module(given.connector);
    const warnings = await this.check(tenantId, module, given, given);
    const id = randomUUID();
    const { name, connector, settings, mappings, scope, policy } = given;
    await this.save(name, async (client) => {
      await client.query(
        `insert into hub.connection (tenant_id, id, name, connector, settings, credentials, mappings, scope, policy)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          tenantId,
          id,
          name.trim(),
          connector,
          settings,
          sealCredentials(this.keyring, tenantId, id, given.credentials),
          mappings ?? null,
          scope ?? {},
          policy ?? {},
        ],
      );
      const defaultMappings = defaultMappingsOf(module, settings);
      await keepVersion(client, tenantId, id, { actor, changed: [...parts, 'credentials'], defaultMappings });
    });
    return Object.assign(await this.get(tenantId, id), { warnings });
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
   * @param restoredFrom the version the parts are taken from
   */
  async change(
    tenantId: string,
    id: string,
    change: ConnectionChange,
    actor = 'hub',
    restoredFrom?: number,
  ): Promise<SavedConnection> {
    const row = await this.get(tenantId, id);
    const module = this.module(row.connector);
    const warnings = await this.check(tenantId, module, change, row);
    const { credentials } = change;
    const given = Object.fromEntries(
      parts.flatMap((part) => (change[part] === undefined ? [] : [[part, change[part]]])),
    ) as ConnectionChange;
    if (given.name !== undefined) given.name = given.name.trim();
    const sealed = credentials && sealCredentials(this.keyring, tenantId, id, credentials);
    await this.save(given.name ?? row.name, async (client) => {
      const { rows } = await client.query<ConnectionEntity>(
        'select name, settings, mappings, scope, policy from hub.connection where tenant_id = $1 and id = $2 for update',
        [tenantId, id],
      );
      if (!rows[0]) throw new ConnectionNotFound(id);
      const next = { ...rows[0], ...given };
      const changed = parts.filter((part) => !sameJson(next[part], rows[0]![part]));
      await client.query(
        `update hub.connection set name = $3, settings = $4, mappings = $5, scope = $6, policy = $7,
           credentials = coalesce($8, credentials), config_version = config_version + 1,
           state = case when state = 'quarantined' then 'enabled' else state end,
           state_reason = case when state = 'quarantined' then null else state_reason end,
           not_before = null, failures = 0, resync_requested = resync_requested + 1, updated_at = now()
         where tenant_id = $1 and id = $2`,
        [tenantId, id, next.name, next.settings, next.mappings, next.scope, next.policy, sealed ?? null],
      );
      await keepVersion(client, tenantId, id, {
        actor,
        changed: [...changed, ...(sealed ? ['credentials'] : [])],
        ...(restoredFrom !== undefined && { restoredFrom }),
        defaultMappings: defaultMappingsOf(module, next.settings),
      });
    });
    await this.resync(tenantId, id);
    return Object.assign(await this.get(tenantId, id), { warnings });
  }

  /** The configuration of an earlier version becomes a new one. Name and credentials stay as they are. */
  async restore(
    tenantId: string,
    id: string,
    { version, settings, mappings, scope, policy }: ConnectionVersion,
    actor?: string,
  ): Promise<SavedConnection> {
    return this.change(tenantId, id, { settings, mappings, scope, policy }, actor, version);
  }

  /**
   * What mappings, the connection's own or a draft, make of somebody. Nothing is sent. Undefined: there is no such
   * user or group. Throws InvalidConnection for a draft that could not be saved.
   */
  async try(tenantId: string, id: string, subject: TrySubject, draft?: Mappings): Promise<Tried | undefined> {
    const row = await this.get(tenantId, id);
    const module = this.module(row.connector);
    const types = await this.typesOf(tenantId);
    if (draft) refuse(await checkConnection(module, { mappings: draft }, types));
    const mappings = draft ?? row.mappings ?? defaultMappingsOf(module, row.settings);
    return tryMappings(this.database, tenantId, id, mappings, subject, types, new Date());
  }

  /** Throws InvalidConnection for a draft that could not be saved. */
  async checkDraft(tenantId: string, id: string, draft: Draft): Promise<void> {
    const row = await this.get(tenantId, id);
    refuse(await checkConnection(this.module(row.connector), draft, await this.typesOf(tenantId)));
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
    // Pushes under way lock the same rows in an order of their own.
    await withoutDeadlock(() =>
      this.database.transaction(async (client) => {
        for (const table of [
          'work_member',
          'work_item',
          'target_member',
          'target_reference',
          'target_object',
          'hold_item',
          'hold',
          'guard_pass',
          'connection_pace',
          'connection_outcome',
          'simulation',
        ]) {
          await client.query(`delete from hub.${table} where tenant_id = $1 and connection_id = $2`, [
            tenantId,
            id,
          ]);
        }
        await client.query('delete from hub.connection where tenant_id = $1 and id = $2', [tenantId, id]);
      }),
    );
    await pokeWorkers(this.queues);
    await this.queues.removeQueue(pushQueueName(id));
  }

  /** Asks the target, step by step; nothing is written there. */
  async test(tenantId: string, id: string): Promise<TestReport> {
    const row = await this.get(tenantId, id);
    const credentials = await this.credentialsOf(tenantId, id);
    const connector = this.module(row.connector).open(row.settings, credentials, this.access.runtime);
    try {
      return await connector.test();
    } finally {
      await connector.close();
    }
  }

  /** Answers what could not be checked. */
  private async check(
    tenantId: string,
    module: ConnectorModule,
    change: ConnectionParts & Pick<NewConnection, 'ignoreTargetSchema'>,
    row: Pick<ConnectionEntity, 'settings'> & { id?: string },
  ): Promise<string[]> {
    const types = await this.typesOf(tenantId);
    refuse(await checkConnection(module, change, types));
    if (!change.mappings || change.ignoreTargetSchema) return [];
    const settings = change.settings ?? row.settings;
    const credentials = change.credentials ?? (await this.credentialsOf(tenantId, row.id!));
    const read = await readDiscovery(module, settings, credentials, this.access.runtime);
    if ('why' in read) return [`The mappings were not held against the target's schema: ${read.why}`];
    refuse(await checkConnection(module, { mappings: change.mappings }, types, read.discovery));
    return assumptionsOf(read.discovery);
  }

  private async credentialsOf(tenantId: string, id: string): Promise<object> {
    const row = await this.rows.findOneOrFail({
      where: { tenantId, id },
      select: { id: true, credentials: true },
    });
    return openCredentials(this.keyring, tenantId, id, row.credentials);
  }

  private async save(name: string, write: (client: PoolClient) => Promise<void>): Promise<void> {
    await unlessNameTaken(name, () => this.database.transaction(write));
  }

  /** Throws InvalidConnection for a connector there is none of. */
  module(connector: string): ConnectorModule {
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

const parts = ['name', 'settings', 'mappings', 'scope', 'policy'] as const;

function refuse(errors: FieldError[]): void {
  if (errors.length > 0) throw new InvalidConnection(errors);
}

function assumptionsOf({ objectTypes, assumptions }: Discovery): string[] {
  if (!objectTypes.some(({ assumed }) => assumed)) return [];
  return [`The mappings were held against standard attributes only. ${assumptions.join(' ')}`];
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
