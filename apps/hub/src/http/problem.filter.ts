import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendScimError } from '../scim/scim-error.filter.js';
import { scimPath } from '../scim/scim-request.js';
import type { FieldProblem, Problem } from './problem.js';

const logger = new Logger('Api');

/** Failures that no controller answered for: below the SCIM base as SCIM errors, elsewhere as problem+json. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Also for what Fastify refuses before Nest hears of it. */
export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (request.url.startsWith(scimPath)) return sendScimError(thrown, request, reply);
  const problem = toProblem(thrown, request);
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="api"');
  if (problem.status === 503) void reply.header('retry-after', '5');
  void reply.status(problem.status).type('application/problem+json').send(problem);
}

function toProblem(thrown: unknown, request: FastifyRequest): Problem {
  const status = thrown instanceof HttpException ? thrown.getStatus() : statusOf(thrown);
  if (status === undefined || status >= 500) return failure(thrown, status, request);
  if (status === 404 && !isAnswer(thrown)) {
    return problem(404, `There is nothing at ${request.method} ${request.url.split('?')[0]}.`);
  }
  if (status === 413) return problem(413, 'The body is larger than this server accepts.');
  if (status === 415) return problem(415, 'Send the body as application/json.');
  const { detail, errors } = told(thrown);
  return { ...problem(status, detail), ...(errors ? { errors } : {}) };
}

function problem(status: number, detail: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail };
}

/** Nest and Fastify say "Cannot GET /x" for a path without a handler; a handler says what it looked for. */
function isAnswer(thrown: unknown): boolean {
  return thrown instanceof HttpException && !thrown.message.startsWith('Cannot ');
}

function told(thrown: unknown): { detail: string; errors?: FieldProblem[] } {
  const { message } = thrown as Error;
  if (!(thrown instanceof HttpException)) return { detail: message };
  const response = thrown.getResponse() as string | { message?: string; errors?: FieldProblem[] };
  if (typeof response === 'string') return { detail: response };
  return { detail: response.message ?? message, errors: response.errors };
}

function failure(thrown: unknown, status: number | undefined, request: FastifyRequest): Problem {
  const { stack, message, code } = thrown as Error & { code?: string };
  logger.error({ requestId: request.id, stack: stack ?? String(thrown) }, 'Request failed');
  const away =
    /^(ECONN|EPIPE|ETIMEDOUT|57P|08)/.test(code ?? '') ||
    /^Connection terminated|timeout exceeded/.test(message);
  const shown = away
    ? problem(503, 'The database is not reachable just now: try again in a moment.')
    : problem(
        status ?? 500,
        `The server failed on this request. Its log has the cause under request id ${request.id}.`,
      );
  return { ...shown, requestId: request.id };
}

/** Errors of Fastify, such as an unreadable body, carry their status. */
function statusOf(thrown: unknown): number | undefined {
  return (thrown as { statusCode?: number } | undefined)?.statusCode;
}
