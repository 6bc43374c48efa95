import {
  BadRequestException,
  type CallHandler,
  ConflictException,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  type NestInterceptor,
  NotFoundException,
  ServiceUnavailableException,
} from '@nestjs/common';
import { SchemaIsStandard, SchemaRefused, SchemaUnknown } from '@rollcall/directory';
import { ScimError } from '@rollcall/scim';
import { catchError, type Observable } from 'rxjs';

/** Gives what schemas refuse its HTTP status. */
@Injectable()
export class SchemaProblems implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        throw toHttp(error);
      }),
    );
  }
}

function toHttp(error: unknown): unknown {
  if (error instanceof SchemaUnknown) return new NotFoundException(error.message);
  if (error instanceof SchemaIsStandard) return new ForbiddenException(error.message);
  // The tables that are asked what values there are could not be brought up to date in time.
  if (error instanceof ScimError && error.status === 503)
    return new ServiceUnavailableException(error.detail);
  if (!(error instanceof SchemaRefused)) return error;
  const told = { message: error.message, errors: error.problems };
  return error.because === 'invalid' ? new BadRequestException(told) : new ConflictException(told);
}
