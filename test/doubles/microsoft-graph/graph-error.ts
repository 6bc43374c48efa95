import { randomUUID } from 'node:crypto';

export type Json = Record<string, any>;

interface More {
  details?: { code: string; message?: string; target?: string }[];
  headers?: Record<string, string>;
}

/** A refusal as Microsoft Graph words it: branch on status, code and details. */
export class GraphError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly more: More = {},
  ) {
    super(message);
  }

  body(clientRequestId: string | undefined): Json {
    const requestId = randomUUID();
    return {
      error: {
        code: this.code,
        message: this.message,
        ...(this.more.details && { details: this.more.details }),
        innerError: {
          date: new Date().toISOString().slice(0, 19),
          'request-id': requestId,
          'client-request-id': clientRequestId ?? requestId,
        },
      },
    };
  }
}

export const badRequest = (message: string, details?: More['details']): GraphError =>
  new GraphError(400, 'Request_BadRequest', message, { details });

export const notFound = (id: string): GraphError =>
  new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

export const forbidden = (): GraphError =>
  new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');

/** @see https://github.com/microsoftgraph/microsoft-graph-docs/issues/1508 */
export function taken(property: string): GraphError {
  const message = `Another object with the same value for property ${property} already exists.`;
  return badRequest(message, [
    { code: 'ObjectConflict', message, target: property },
    { code: 'ConflictingObjects', message, target: property },
  ]);
}
