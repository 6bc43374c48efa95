import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { SourceAuthentication } from '@rollcall/access';
import { ScimError } from '@rollcall/scim';
import type { ScimRequest } from './scim-request.js';

@Injectable()
export class ScimGuard implements CanActivate {
  constructor(private readonly authentication: SourceAuthentication) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ScimRequest>();
    const caller = await this.authentication.authenticateSource(request.headers.authorization);
    if (!caller) {
      throw new ScimError(
        401,
        'The bearer token is missing, wrong, expired or revoked. Paste a current token of this source into the client.',
      );
    }
    request.scimCaller = caller;
    return true;
  }
}
