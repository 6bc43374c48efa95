import { ScimError } from '@rollcall/scim';
import type { FastifyInstance } from 'fastify';
import { scimMediaType, scimPath } from './scim-request.js';
import { unsupportedMediaType } from './scim-error.filter.js';

const jsonTypes = [scimMediaType, 'application/json'];

/**
 * Reads SCIM bodies. What is no JSON is a client's mistake (400 invalidSyntax), never a 500; another media type
 * that this server can read elsewhere is none of SCIM's (415).
 */
export function acceptScimBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const type = request.headers['content-type']?.split(';')[0]!.trim().toLowerCase();
    const refused = type && request.url.startsWith(scimPath) && !jsonTypes.includes(type);
    done(refused ? unsupportedMediaType() : undefined);
  });
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
