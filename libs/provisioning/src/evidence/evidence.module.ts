import { type DynamicModule, Module } from '@nestjs/common';
import { EventStore, Subscriptions } from '@rollcall/event-store';
import { Database, HubConfig, Keyring, Queues } from '@rollcall/platform';
import { Freshness } from '@rollcall/read-model';
import { connectorsFor } from '../connections/connectors-for.js';
import { Explain } from '../explain/explain-user.js';
import { History } from '../history/history.js';
import { Channels } from '../notify/channels.js';
import { Notifier } from '../notify/notifier.js';
import { RunSteering } from '../runs/run-steering.js';
import { EvidenceWorker } from './evidence.worker.js';

const sendTimeoutMs = 15_000;

/** History, explanations and alerts. Needs PlatformModule and ReadModelModule. `EvidenceWorker.start()` begins the work. */
@Module({})
export class EvidenceModule {
  static create(): DynamicModule {
    const providers = [
      {
        provide: History,
        useFactory: (
          database: Database,
          events: EventStore,
          subscriptions: Subscriptions,
          freshness: Freshness,
        ) => new History(database, events, subscriptions, freshness),
        inject: [Database, EventStore, Subscriptions, Freshness],
      },
      {
        provide: Explain,
        useFactory: (
          config: HubConfig,
          database: Database,
          events: EventStore,
          keyring: Keyring,
          freshness: Freshness,
        ) => new Explain({ database, events, keyring, connectors: connectorsFor(config), freshness }),
        inject: [HubConfig, Database, EventStore, Keyring, Freshness],
      },
      {
        provide: RunSteering,
        useFactory: (config: HubConfig, database: Database, keyring: Keyring, queues: Queues) =>
          new RunSteering({ database, keyring, queues, connectors: connectorsFor(config) }),
        inject: [HubConfig, Database, Keyring, Queues],
      },
      {
        provide: Channels,
        useFactory: (database: Database, keyring: Keyring) => new Channels(database, keyring),
        inject: [Database, Keyring],
      },
      {
        provide: Notifier,
        useFactory: (config: HubConfig, database: Database, channels: Channels) => {
          const { allowTargetAddress: allowAddress } = config;
          return new Notifier(database, channels, { allowAddress, timeoutMs: sendTimeoutMs });
        },
        inject: [HubConfig, Database, Channels],
      },
      EvidenceWorker,
    ];
    return { module: EvidenceModule, global: true, providers, exports: providers };
  }
}
