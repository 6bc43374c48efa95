import { type DynamicModule, Module } from '@nestjs/common';
import { AdminAccessGuard } from './admin-access.guard.js';
import { AdminAuthentication } from './admin-authentication.js';
import { OperatorKey } from './operator-key.js';
import { SourceAuthentication } from './source-authentication.js';
import { Sources } from './sources.js';
import { Tenants } from './tenants.js';

/** Needs Database from the module around it. */
@Module({})
export class AccessModule {
  static with({ adminKey }: { adminKey: string }): DynamicModule {
    const providers = [Tenants, Sources, SourceAuthentication, AdminAuthentication, AdminAccessGuard];
    const operatorKey = { provide: OperatorKey, useValue: new OperatorKey(adminKey) };
    return {
      module: AccessModule,
      global: true,
      providers: [...providers, operatorKey],
      exports: [...providers, OperatorKey],
    };
  }
}
