import {
  BadRequestException,
  type CallHandler,
  ConflictException,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  NotFoundException,
} from '@nestjs/common';
import {
  ConnectionNameTaken,
  ConnectionNotFound,
  InvalidConnection,
  VersionNotFound,
} from '@rollcall/provisioning';
import { catchError, type Observable } from 'rxjs';
import { validate as isUuid } from 'uuid';

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
    return noConnection(error.connectionId);
  }
  if (error instanceof VersionNotFound) {
    return new NotFoundException(`There is no version ${error.version}; see GET connections/{id}/versions.`);
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

/** Of a path. */
export function connectionId(id: string): string {
  if (!isUuid(id)) throw noConnection(id);
  return id;
}

export function noConnection(id: string): NotFoundException {
  return new NotFoundException(`There is no connection with the id ${id}.`);
}
