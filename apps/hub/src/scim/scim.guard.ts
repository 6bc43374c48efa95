import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type TenantTypes, TypesOfTenants } from '@rollcall/read-model';
import { ScimError } from '@rollcall/scim';
import type { ScimRequest } from './scim-request.js';

/**
 * Holds a route shut that the door (scim-door.ts) does not stand before, and gives the request the schemas of its
 * tenant.
 */
@Injectable()
export class ScimGuard implements CanActivate {
  constructor(private readonly types: TypesOfTenants) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<Partial<ScimRequest>>();
    if (!request.scimCaller) throw new ScimError(401, 'Nobody has been let in at this address.');
    const types = this.types.of(request.scimCaller.tenantId);
    const hold = (known: TenantTypes) => {
      request.scimTypes = known;
      return true;
    };
    return types instanceof Promise ? types.then(hold) : hold(types);
  }
}
