import { type DynamicModule, Module } from '@nestjs/common';
import { HubConfig } from './config/config.js';
import { Database } from './database.js';
import { Keyring } from './keyring.js';
import { Metrics } from './metrics/metrics.js';
import { Queues } from './queues/queues.js';

export interface PlatformParts {
  config: HubConfig;
  database: Database;
  keyring: Keyring;
  queues: Queues;
}

/** Hands the started parts to everybody: HubConfig, Database, Keyring, Queues and Metrics are injected by class. */
@Module({})
export class PlatformModule {
  static with({ config, database, keyring, queues }: PlatformParts): DynamicModule {
    const providers = [
      { provide: HubConfig, useValue: config },
      { provide: Database, useValue: database },
      { provide: Keyring, useValue: keyring },
      { provide: Queues, useValue: queues },
      Metrics,
    ];
    return { module: PlatformModule, global: true, providers, exports: providers };
  }
}
