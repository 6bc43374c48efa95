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
    if (!request.url.startsWith(scimPath)) return done();
    const { headers } = request.raw;
    // Clients name a media type with every request; a DELETE has no body that it could be read as.
    if (request.method === 'DELETE' && !Number(headers['content-length']) && !headers['transfer-encoding']) {
      delete headers['content-type'];
    }
    const type = headers['content-type']?.split(';')[0]!.trim().toLowerCase();
    done(type && !jsonTypes.includes(type) ? unsupportedMediaType() : undefined);
  });
  fastify.addContentTypeParser(scimMediaType, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(body as string));
    } catch (error) {
      done(
        new ScimError(
          400,
          `The body is not valid JSON: ${withoutExcerpt((error as Error).message)}.`,
          'invalidSyntax',
        ) as never,
      );
    }
  });
}

/** The engine quotes what stands around the place, which may be a password. */
function withoutExcerpt(message: string): string {
  return message.replace(/, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, '');
}
