import { type DynamicModule, Module } from '@nestjs/common';
import { DirectoryStates, StoredValues } from '@rollcall/directory';
import { EventStore, Subscriptions } from '@rollcall/event-store';
import { Database, Keyring } from '@rollcall/platform';
import { DirectorySearch } from './directory-search.js';
import { Freshness } from './freshness.js';
import { GroupsOfUsers } from './groups-of-users.js';
import { NewestDirectoryStates } from './newest-directory-states.js';
import { ProjectPokes } from './project-pokes.js';
import { ProjectWorker } from './project.worker.js';
import { SearchRemake } from './search-remake.js';
import { TypesOfTenants } from './types-of-tenants.js';
import { ValuesUnderSchema } from './values-under-schema.js';

/** The event store and what is read from it. Needs PlatformModule. `ProjectWorker.start()` begins the work. */
@Module({})
export class ReadModelModule {
  static create(): DynamicModule {
    const providers = [
      {
        provide: EventStore,
        useFactory: (database: Database, keyring: Keyring) => new EventStore(database, keyring),
        inject: [Database, Keyring],
      },
      {
        provide: Subscriptions,
        useFactory: (database: Database, store: EventStore) => new Subscriptions(database, store),
        inject: [Database, EventStore],
      },
      NewestDirectoryStates,
      { provide: DirectoryStates, useExisting: NewestDirectoryStates },
      Freshness,
      SearchRemake,
      DirectorySearch,
      TypesOfTenants,
      ValuesUnderSchema,
      { provide: StoredValues, useExisting: ValuesUnderSchema },
      GroupsOfUsers,
      ProjectPokes,
      ProjectWorker,
    ];
    return { module: ReadModelModule, global: true, providers, exports: providers };
  }
}
