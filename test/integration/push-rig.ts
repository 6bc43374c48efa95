import { randomBytes, randomUUID } from 'node:crypto';
import type { ConnectorModule, Mappings } from '@rollcall/connectors';
import {
  type Append,
  EventStore,
  eventStoreMigrations,
  type NewEvent,
  Subscriptions,
} from '@rollcall/event-store';
import { Database, Keyring, Queues } from '@rollcall/platform';
import {
  ConnectionEntity,
  Connections,
  type PolicyInput,
  Previews,
  provisioningMigrations,
  PushEngine,
  runSimulation,
  type Scope,
} from '@rollcall/provisioning';
import { directoryProjection, readModelMigrations } from '@rollcall/read-model';
import { createTestDatabase, waitFor } from '../harness/index.js';
import { PushTarget } from './push-target.js';

export interface RigOptions {
  redisUrl?: string;
  /** Instead of the target in memory. */
  module?: ConnectorModule;
}

/** A tenant with a directory, one connection to a target in memory, and the engine between them. */
export class PushRig {
  readonly tenantId = randomUUID();
  readonly target = new PushTarget();
  readonly events: EventStore;
  readonly subscriptions: Subscriptions;
  readonly connections: Connections;
  readonly troubles: string[] = [];
  private readonly engines: PushEngine[] = [];

  private constructor(
    readonly url: string,
    readonly database: Database,
    readonly queues: Queues,
    private readonly keyring: Keyring,
    private readonly drop: () => Promise<void>,
    private readonly module: ConnectorModule | undefined,
  ) {
    this.events = new EventStore(database, keyring);
    this.subscriptions = new Subscriptions(database, this.events);
    this.connections = new Connections(database, keyring, queues, this.access);
  }

  static async start({ redisUrl, module }: RigOptions = {}): Promise<PushRig> {
    const { database, url, drop } = await createTestDatabase({
      entities: [ConnectionEntity],
      migrations: [...eventStoreMigrations, ...readModelMigrations, ...provisioningMigrations],
      poolSize: 15,
    });
    const queues = await Queues.open({
      redisUrl,
      databaseUrl: url,
      prefix: `t${randomBytes(4).toString('hex')}`,
    });
    return new PushRig(url, database, queues, new Keyring(randomBytes(32)), drop, module);
  }

  async startEngine(): Promise<PushEngine> {
    const engine = new PushEngine({
      database: this.database,
      events: this.events,
      subscriptions: this.subscriptions,
      keyring: this.keyring,
      queues: this.queues,
      connectors: this.access,
      project: (tenantId) => this.subscriptions.catchUp(tenantId, directoryProjection),
      log: (message, details) => this.troubles.push(`${message} ${JSON.stringify(details)}`),
    });
    await engine.start();
    this.engines.push(engine);
    return engine;
  }

  async connect(
    options: {
      name?: string;
      policy?: PolicyInput;
      scope?: Scope;
      mappings?: Mappings;
      enable?: boolean;
    } = {},
  ): Promise<string> {
    const { id } = await this.connections.create(this.tenantId, {
      name: options.name ?? 'Memory',
      connector: 'memory',
      settings: { baseUrl: 'https://target.example' },
      credentials: { type: 'bearer', token: 'secret' },
      policy: options.policy,
      scope: options.scope,
      mappings: options.mappings,
    });
    if (options.enable !== false) await this.connections.enable(this.tenantId, id);
    return id;
  }

  /** Records events and lets the engine know, as an accepted request would. */
  async record(
    ...appends: (Pick<Append, 'streamId' | 'streamType'> & { events: NewEvent[] })[]
  ): Promise<void> {
    await Promise.all(
      appends.map(({ events, ...stream }) =>
        this.events.append(this.tenantId, {
          ...stream,
          events,
          expected: 'any',
          metadata: { source: 'test', actor: 'test', correlation: 'test' },
        }),
      ),
    );
    await this.spread();
  }

  async spread(): Promise<void> {
    await this.subscriptions.catchUp(this.tenantId, directoryProjection);
    await Promise.all(this.engines.map((engine) => engine.dispatch(this.tenantId)));
  }

  async createUser(userName: string, attributes: Record<string, unknown> = {}, id: string = randomUUID()) {
    await this.record(userCreated(id, userName, attributes));
    return id;
  }

  async updateUser(id: string, set: Record<string, unknown>, removed: string[] = []): Promise<void> {
    await this.record({
      streamId: id,
      streamType: 'user',
      events: [{ type: 'user.updated', payload: { set, removed } }],
    });
  }

  async user(id: string, type: 'user.deactivated' | 'user.reactivated' | 'user.deleted'): Promise<void> {
    await this.record({ streamId: id, streamType: 'user', events: [{ type, payload: {} }] });
  }

  async createGroup(displayName: string, members: string[] = []): Promise<string> {
    const id = randomUUID();
    const events: NewEvent[] = [{ type: 'group.created', payload: { attributes: { displayName } } }];
    if (members.length > 0)
      events.push({ type: 'group.members-added', payload: { members: asMembers(members) } });
    await this.record({ streamId: id, streamType: 'group', events });
    return id;
  }

  async members(
    groupId: string,
    type: 'group.members-added' | 'group.members-removed',
    members: string[],
  ): Promise<void> {
    await this.record({
      streamId: groupId,
      streamType: 'group',
      events: [{ type, payload: { members: asMembers(members) } }],
    });
  }

  async items(
    connectionId: string,
  ): Promise<{ id: string; state: string; attempts: number; error: unknown }[]> {
    return this.database.query(
      `select subject_id as id, case when lease_owner is not null then 'leased'
         when state = 'due' and due_at > now() then 'later' else state end as state, attempts, last_error as error
       from hub.work_item where tenant_id = $1 and connection_id = $2`,
      [this.tenantId, connectionId],
    );
  }

  /** Until nothing of the connection is due, retrying or under way. */
  async settled(connectionId: string, timeoutMs = 60_000): Promise<void> {
    await waitFor(
      async () => {
        const items = await this.items(connectionId);
        return items.length > 0 && items.every(({ state }) => ['idle', 'dead', 'later'].includes(state));
      },
      { timeoutMs, what: 'everything to be pushed' },
    ).catch(async (error: Error) => {
      const items = JSON.stringify((await this.items(connectionId)).slice(0, 5));
      throw new Error(`${error.message}; ${this.troubles.slice(-3).join('; ')}; ${items}`);
    });
  }

  async operations(): Promise<{ type: string; payload: Record<string, unknown> }[]> {
    const all = await this.events.readAll(this.tenantId, 0, 100_000);
    return all
      .filter(({ streamType }) => streamType === 'target-object')
      .map(({ type, payload }) => ({ type, payload: payload! }));
  }

  previews(): Previews {
    return new Previews({ database: this.database, keyring: this.keyring, connectors: this.access });
  }

  /** Runs a simulation to its end, here. */
  async simulate(id: string): Promise<void> {
    const { database, keyring, access: connectors } = this;
    const project = (tenantId: string) => this.subscriptions.catchUp(tenantId, directoryProjection);
    await runSimulation({ database, keyring, connectors, project }, this.tenantId, id);
  }

  async stopEngines(): Promise<void> {
    await Promise.all(this.engines.splice(0).map((engine) => engine.stop()));
  }

  async stop(): Promise<void> {
    await this.stopEngines();
    await this.queues.close(2_000);
    await this.drop();
  }

  private get access() {
    return {
      module: () => this.module ?? this.target.module(),
      runtime: { userAgent: 'rollcall-test' },
    };
  }
}

export function userCreated(id: string, userName: string, attributes: Record<string, unknown> = {}) {
  return {
    streamId: id,
    streamType: 'user',
    events: [{ type: 'user.created', payload: { attributes: { userName, active: true, ...attributes } } }],
  };
}

function asMembers(ids: string[]) {
  return ids.map((id) => ({ id, type: 'User' }));
}
