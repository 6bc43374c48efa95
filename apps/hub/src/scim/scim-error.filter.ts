import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { errorBody, ScimError } from '@rollcall/scim';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bodyLimit } from '../http/body-limit.js';
import { scimMediaType, traceOf } from './scim-request.js';

const logger = new Logger('Scim');

/** Every failure under /scim leaves as a SCIM error (RFC 7644 section 3.12) whose detail helps an admin. */
@Catch()
export class ScimErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendScimError(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

export function sendScimError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = toScimError(thrown, request);
  traceOf(request).failure = error;
  if (error.status === 503) void reply.header('retry-after', '5');
  if (error.status === 401 && !reply.hasHeader('www-authenticate')) {
    void reply.header('www-authenticate', 'Bearer realm="scim"');
  }
  void reply.status(error.status).type(scimMediaType).send(errorBody(error));
}

/** What is no error of the client is logged, and told as 500 or 503. */
export function toScimError(thrown: unknown, request: FastifyRequest): ScimError {
  if (thrown instanceof ScimError) return thrown;
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: number }).statusCode;
  if (status === 404) {
    return new ScimError(
      404,
      `There is no SCIM endpoint ${request.method} ${request.url.split('?')[0]}. There are /Users, /Groups, ` +
        '/Bulk, /.search, /ServiceProviderConfig, /ResourceTypes and /Schemas: check the path and the method.',
    );
  }
  if (status === 413) {
    return new ScimError(
      413,
      `The body is larger than the ${bodyLimit} bytes (maxPayloadSize) this server accepts. Send fewer members or operations at once.`,
    );
  }
  if (status === 414) {
    return new ScimError(
      414,
      'An id in the address is longer than any id of this server: check what the client puts there.',
    );
  }
  if (status === 415) return unsupportedMediaType();
  if (status !== undefined && status >= 400 && status < 500) {
    return new ScimError(status, (thrown as Error).message, status === 400 ? 'invalidSyntax' : undefined);
  }
  logger.error(
    { requestId: request.id, error: (thrown as Error).stack ?? String(thrown) },
    'SCIM request failed',
  );
  return new ScimError(
    isUnreachable(thrown) ? 503 : 500,
    isUnreachable(thrown)
      ? 'The database is not reachable just now. Nothing is lost: send the request again.'
      : `The server failed on this request. Its log has the cause under request id ${request.id}.`,
  );
}

export function unsupportedMediaType(): ScimError {
  return new ScimError(415, 'Send the body as application/scim+json (or application/json).');
}

/** Postgres gone or shutting down, as pg and the operating system say it. */
function isUnreachable(thrown: unknown): boolean {
  const { code, message } = thrown as { code?: string; message?: string };
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|57P|08)/.test(code ?? '') ||
    /connection (terminated|timeout)|timeout exceeded/i.test(message ?? '')
  );
}
