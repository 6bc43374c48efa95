import { CreateAccess1790000000100 } from './create-access.migration.js';

export const accessMigrations = [CreateAccess1790000000100];
export { AccessModule } from './access.module.js';
export { TooManyTokens } from './access.errors.js';
export { AdminAccess, AdminAccessGuard, CurrentAdmin } from './admin-access.guard.js';
export { type Admin, AdminAuthentication, type AdminRole } from './admin-authentication.js';
export { openInstallation } from './installation.js';
export { OperatorKey } from './operator-key.js';
export { type AuthenticatedSource, SourceAuthentication } from './source-authentication.js';
export { type SourceClient, sourceClients } from './source-client.js';
export { type IssuedToken, type Source, Sources, type SourceToken } from './sources.js';
export { type Tenant, Tenants } from './tenants.js';
