import { type DynamicModule, Module } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { AdminAccessGuard } from './admin-access.guard.js';
import { AdminAuthentication } from './admin-authentication.js';
import { ApiKeys } from './api-keys.js';
import { ClientAuthentication } from './client-authentication.js';
import { OperatorKey } from './operator-key.js';
import { Pacing } from './pacing.js';
import { SourceAuthentication } from './source-authentication.js';
import { SourceSecrets } from './source-secrets.js';
import { Sources } from './sources.js';
import { Tenants } from './tenants.js';

/** Needs Database and Keyring from the module around it. */
@Module({})
export class AccessModule {
  static with({ adminKey }: { adminKey: string }): DynamicModule {
    const providers = [
      AccessTokens,
      AdminAccessGuard,
      AdminAuthentication,
      ApiKeys,
      ClientAuthentication,
      Pacing,
      SourceAuthentication,
      SourceSecrets,
      Sources,
      Tenants,
    ];
    const operatorKey = { provide: OperatorKey, useValue: new OperatorKey(adminKey) };
    return {
      module: AccessModule,
      global: true,
      providers: [...providers, operatorKey],
      exports: [...providers, OperatorKey],
    };
  }
}
