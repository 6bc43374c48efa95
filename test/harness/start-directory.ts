import { randomBytes } from 'node:crypto';
import type { Type } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { DirectoryModule, DirectoryStates, StoredValues } from '@rollcall/directory';
import { EventStore, Subscriptions } from '@rollcall/event-store';
import { type Database, Keyring } from '@rollcall/platform';
import {
  DirectorySearch,
  Freshness,
  NewestDirectoryStates,
  SearchRemake,
  TypesOfTenants,
  ValuesUnderSchema,
} from '@rollcall/read-model';

export interface StartedDirectory {
  get<T>(type: Type<T> | (abstract new (...args: never[]) => T)): T;
  stop(): Promise<void>;
}

const keyring = new Keyring(randomBytes(32));

/** Commands and queries of the directory on a database, without HTTP and without workers. */
export async function startDirectory(database: Database): Promise<StartedDirectory> {
  const store = new EventStore(database, keyring);
  const providers = [
    { provide: EventStore, useValue: store },
    { provide: Subscriptions, useValue: new Subscriptions(database, store) },
    {
      provide: NewestDirectoryStates,
      useValue: new NewestDirectoryStates(database, store),
    },
    { provide: DirectoryStates, useExisting: NewestDirectoryStates },
    {
      provide: Freshness,
      useFactory: (subscriptions: Subscriptions) => new Freshness(database, subscriptions),
      inject: [Subscriptions],
    },
    { provide: SearchRemake, useValue: new SearchRemake(database) },
    { provide: TypesOfTenants, useValue: new TypesOfTenants(database, store) },
    {
      provide: StoredValues,
      useFactory: (freshness: Freshness) => new ValuesUnderSchema(database, freshness),
      inject: [Freshness],
    },
    {
      provide: DirectorySearch,
      useFactory: (states: NewestDirectoryStates, freshness: Freshness, remake: SearchRemake) =>
        new DirectorySearch(database, states, freshness, remake),
      inject: [NewestDirectoryStates, Freshness, SearchRemake],
    },
  ];
  const module = await Test.createTestingModule({
    imports: [
      CqrsModule.forRoot(),
      { module: class Parts {}, global: true, providers, exports: providers },
      DirectoryModule,
    ],
  }).compile();
  await module.init();
  return { get: (type) => module.get(type as Type), stop: () => module.close() };
}
