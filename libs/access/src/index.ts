import { AddSourceAccess1790000000110 } from './add-source-access.migration.js';
import { CreateAccess1790000000100 } from './create-access.migration.js';

export const accessMigrations = [CreateAccess1790000000100, AddSourceAccess1790000000110];
export { AccessModule } from './access.module.js';
export { InvalidSource, IssuerTaken, LastApiKey, TooManySecrets, TooManyTokens } from './access.errors.js';
export { AccessTokens } from './access-tokens.js';
export { AdminAccess, AdminAccessGuard, CurrentAdmin } from './admin-access.guard.js';
export { type Admin, AdminAuthentication, type AdminRole } from './admin-authentication.js';
export { type ApiKey, ApiKeys } from './api-keys.js';
export { type AuthenticatedClient, ClientAuthentication } from './client-authentication.js';
export { openInstallation } from './installation.js';
export { OperatorKey } from './operator-key.js';
export { Pacing } from './pacing.js';
export { type AuthenticatedSource, type Refused, SourceAuthentication } from './source-authentication.js';
export { type SourceClient, sourceClients } from './source-client.js';
export {
  inFlightAtMost,
  ownRequestsPerSecond,
  type TooMany,
  type Turn,
  waitAtMostMs,
} from './source-pace.js';
export { type IssuedSecret, SourceSecrets } from './source-secrets.js';
export { type RateLimit, type SourceSettings, type SourceSettingsInput } from './source-settings.js';
export { type IssuedToken, type Source, Sources, type SourceToken } from './sources.js';
export { type Tenant, Tenants } from './tenants.js';
export { type TrustedIssuer } from './trusted-issuer.js';
