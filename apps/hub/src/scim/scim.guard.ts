import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ScimError } from '@rollcall/scim';
import type { ScimRequest } from './scim-request.js';

/** Holds a route shut that the door (scim-door.ts) does not stand before. */
@Injectable()
export class ScimGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Partial<ScimRequest>>();
    if (!request.scimCaller) throw new ScimError(401, 'Nobody has been let in at this address.');
    return true;
  }
}
