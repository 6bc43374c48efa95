import { CreateProvisioning1790000000400 } from './migrations/create-provisioning.migration.js';

export const provisioningMigrations = [CreateProvisioning1790000000400];
export { ConnectionEntity, type ConnectionState } from './connections/connection.entity.js';
export {
  ConnectionNameTaken,
  ConnectionNotFound,
  type FieldError,
  InvalidConnection,
} from './connections/connection.errors.js';
export { type ConnectionChange, Connections, type NewConnection } from './connections/connections.js';
export { type ConnectorAccess } from './connections/open-connection.js';
export { type Policy, type PolicyInput, defaultPolicy } from './plan/policy.js';
export { type Scope } from './scope/scope.js';
export { PushEngine } from './push/push-engine.js';
