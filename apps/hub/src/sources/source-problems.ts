import {
  BadRequestException,
  type CallHandler,
  ConflictException,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { InvalidSource, IssuerTaken, TooManySecrets, TooManyTokens } from '@rollcall/access';
import { catchError, type Observable } from 'rxjs';

/** Gives what sources refuse its HTTP status. */
@Injectable()
export class SourceProblems implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        throw toHttp(error);
      }),
    );
  }
}

function toHttp(error: unknown): unknown {
  if (error instanceof InvalidSource) {
    const errors = [{ field: error.field, message: error.remedy }];
    return new BadRequestException({ message: `${error.field}: ${error.remedy}`, errors });
  }
  if (error instanceof IssuerTaken) {
    const message = 'is trusted by another source with this audience already: each pair names one source';
    return new ConflictException({
      message: `jwt.issuer: ${message}`,
      errors: [{ field: 'jwt.issuer', message }],
    });
  }
  if (error instanceof TooManyTokens || error instanceof TooManySecrets) {
    return new ConflictException(`${error.message}.`);
  }
  return error;
}
