import { type DynamicModule, Injectable, Logger, Module, type OnModuleDestroy } from '@nestjs/common';
import { EventStore, Subscriptions } from '@rollcall/event-store';
import { Database, HubConfig, Keyring, Queues } from '@rollcall/platform';
import { ProjectPokes, ProjectWorker, TypesOfTenants } from '@rollcall/read-model';
import { ConnectionTransfer } from './connections/connection-transfer.js';
import { ConnectionVersions } from './connections/connection-versions.js';
import { Connections } from './connections/connections.js';
import { connectorsFor } from './connections/connectors-for.js';
import { Previews } from './preview/previews.js';
import { Simulations } from './simulation/simulations.js';
import { SimulationWorker } from './simulation/simulation-worker.js';
import { PushEngine } from './push/push-engine.js';

const warnEveryMs = 60_000;

/** The worker role of provisioning: dispatches what was projected, and pushes. */
@Injectable()
export class ProvisioningWorker implements OnModuleDestroy {
  private readonly log = new Logger('Provisioning');
  private readonly engine: PushEngine;
  private started = false;
  private readonly warnedAt = new Map<string, number>();

  constructor(
    config: HubConfig,
    database: Database,
    keyring: Keyring,
    queues: Queues,
    events: EventStore,
    subscriptions: Subscriptions,
    pokes: ProjectPokes,
    private readonly projecting: ProjectWorker,
  ) {
    this.engine = new PushEngine({
      database,
      events,
      subscriptions,
      keyring,
      queues,
      connectors: connectorsFor(config),
      log: (message, details) => this.warn(message, details),
      project: (tenantId) => projecting.project(tenantId),
      // What pushes record moves the head of the log, and readers wait until the tables have passed it.
      recorded: (tenantId) => pokes.poke(tenantId),
    });
  }

  async start(): Promise<void> {
    this.started = true;
    await this.engine.start();
    this.projecting.onProjected((tenantId) => this.engine.pokeDispatch(tenantId));
  }

  /** While something is away the engine complains every second: once a minute is enough. */
  private warn(message: string, details: Record<string, unknown>): void {
    const key = `${message} ${String(details.connectionId ?? details.tenantId ?? '')}`;
    if (Date.now() - (this.warnedAt.get(key) ?? -Infinity) < warnEveryMs) return;
    this.warnedAt.set(key, Date.now());
    this.log.warn(details, message);
  }

  async onModuleDestroy(): Promise<void> {
    if (this.started) await this.engine.stop();
  }
}

/** Connections and what is pushed to them. Needs PlatformModule and ReadModelModule. */
@Module({})
export class ProvisioningModule {
  static create(): DynamicModule {
    const providers = [
      {
        provide: Connections,
        useFactory: (
          config: HubConfig,
          database: Database,
          keyring: Keyring,
          queues: Queues,
          types: TypesOfTenants,
        ) =>
          new Connections(database, keyring, queues, connectorsFor(config), async (tenantId) => {
            const { User: user, Group: group } = await types.of(tenantId);
            return { user, group };
          }),
        inject: [HubConfig, Database, Keyring, Queues, TypesOfTenants],
      },
      {
        provide: ConnectionTransfer,
        useFactory: (database: Database, connections: Connections) =>
          new ConnectionTransfer(database, connections),
        inject: [Database, Connections],
      },
      {
        provide: Previews,
        useFactory: (config: HubConfig, database: Database, keyring: Keyring) =>
          new Previews({ database, keyring, connectors: connectorsFor(config) }),
        inject: [HubConfig, Database, Keyring],
      },
      {
        provide: ConnectionVersions,
        useFactory: (database: Database) => new ConnectionVersions(database),
        inject: [Database],
      },
      {
        provide: Simulations,
        useFactory: (database: Database, queues: Queues) => new Simulations(database, queues),
        inject: [Database, Queues],
      },
      ProvisioningWorker,
      SimulationWorker,
    ];
    return { module: ProvisioningModule, global: true, providers, exports: providers };
  }
}
