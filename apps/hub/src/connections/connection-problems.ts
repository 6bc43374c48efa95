import {
  BadRequestException,
  type CallHandler,
  ConflictException,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  NotFoundException,
} from '@nestjs/common';
import { ConnectionNameTaken, ConnectionNotFound, InvalidConnection } from '@rollcall/provisioning';
import { catchError, type Observable } from 'rxjs';

/** Gives what connections refuse its HTTP status. */
@Injectable()
export class ConnectionProblems implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        throw toHttp(error);
      }),
    );
  }
}

function toHttp(error: unknown): unknown {
  if (error instanceof ConnectionNotFound) {
    return new NotFoundException(`There is no connection with the id ${error.connectionId}.`);
  }
  if (error instanceof InvalidConnection) {
    return new BadRequestException({ message: error.message, errors: error.errors });
  }
  if (error instanceof ConnectionNameTaken) {
    const message = `is taken: another connection is called "${error.connectionName}". Choose another name.`;
    return new ConflictException({ message: `name ${message}`, errors: [{ field: 'name', message }] });
  }
  return error;
}
