import { ScimError } from '@rollcall/scim';
import type { FastifyInstance } from 'fastify';
import { scimMediaType } from './scim-request.js';

/** Reads SCIM bodies. What is no JSON is a client's mistake (400 invalidSyntax), never a 500. */
export function acceptScimBodies(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(scimMediaType, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(body as string));
    } catch (error) {
      done(
        new ScimError(
          400,
          `The body is not valid JSON: ${(error as Error).message}.`,
          'invalidSyntax',
        ) as never,
      );
    }
  });
}
