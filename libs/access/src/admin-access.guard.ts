import {
  applyDecorators,
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  SetMetadata,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBearerAuth } from '@nestjs/swagger';
import { type Admin, AdminAuthentication, type AdminRole } from './admin-authentication.js';

interface AdminRequest {
  headers: { authorization?: string };
  admin?: Admin;
}

const neededRole = 'rollcall:needed-role';

@Injectable()
export class AdminAccessGuard implements CanActivate {
  constructor(
    private readonly authentication: AdminAuthentication,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AdminRequest>();
    const admin = await this.authentication.authenticateAdmin(request.headers.authorization);
    if (!admin) {
      throw new UnauthorizedException(
        'The API key is missing or wrong. Send "Authorization: Bearer <admin key>"; the hub says at start where its key is.',
      );
    }
    const needed = this.reflector.getAllAndOverride<AdminRole | undefined>(neededRole, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (needed === 'operator' && admin.role !== 'operator') {
      throw new ForbiddenException(
        'This concerns the hub as a whole and needs its own admin key (HUB_ADMIN_KEY).',
      );
    }
    request.admin = admin;
    return true;
  }
}

/** On a controller or handler of the admin REST API: lets in who has an API key of that role. */
export function AdminAccess(role: AdminRole = 'admin'): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(neededRole, role),
    UseGuards(AdminAccessGuard),
    ApiBearerAuth('admin-key'),
  );
}

/** Parameter decorator beside `@AdminAccess()`: who calls, and for which tenant. */
export const CurrentAdmin = createParamDecorator((_: unknown, context: ExecutionContext): Admin => {
  const { admin } = context.switchToHttp().getRequest<AdminRequest>();
  if (!admin) throw new Error('@CurrentAdmin() needs @AdminAccess() on its handler or controller');
  return admin;
});
