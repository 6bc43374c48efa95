import { accessMigrations } from '@rollcall/access';
import { eventStoreMigrations } from '@rollcall/event-store';
import { ConnectionEntity, provisioningMigrations } from '@rollcall/provisioning';
import { readModelEntities, readModelMigrations } from '@rollcall/read-model';

/** Of all rooms; each room's class names say where in the order they belong. */
export const migrations = [
  ...accessMigrations,
  ...eventStoreMigrations,
  ...readModelMigrations,
  ...provisioningMigrations,
];

export const entities = [...readModelEntities, ConnectionEntity];
