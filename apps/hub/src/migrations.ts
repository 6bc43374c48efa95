import { accessMigrations } from '@rollcall/access';
import { eventStoreMigrations } from '@rollcall/event-store';
import { ConnectionEntity, provisioningMigrations } from '@rollcall/provisioning';
import { readModelEntities, readModelMigrations } from '@rollcall/read-model';
import { CreateRequestLog1790000000600 } from './request-log/create-request-log.migration.js';

/** Of all rooms; each room's class names say where in the order they belong. */
export const migrations = [
  ...accessMigrations,
  ...eventStoreMigrations,
  ...readModelMigrations,
  ...provisioningMigrations,
  CreateRequestLog1790000000600,
];

export const entities = [...readModelEntities, ConnectionEntity];
