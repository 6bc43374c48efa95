import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessTokens, ClientAuthentication } from '@rollcall/access';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { addressRefused } from '../scim/scim-door.js';
import { toScimError } from '../scim/scim-error.filter.js';
import { TokenError } from './token-error.js';
import { readTokenRequest } from './token-request.js';

export const tokenPath = '/oauth2/token';

const bodyLimit = 16 * 1024;
/** The one scope there is. */
const scope = 'scim';

/** The OAuth 2.0 token endpoint of sources: client credentials for an access token (RFC 6749 section 4.4). */
export async function serveTokenEndpoint(app: NestFastifyApplication): Promise<void> {
  const clients = app.get(ClientAuthentication);
  const accessTokens = app.get(AccessTokens);

  const answer = async (request: FastifyRequest) => {
    const { authorization, 'content-type': contentType } = request.headers;
    const asked = readTokenRequest({
      authorization,
      contentType,
      body: typeof request.body === 'string' ? request.body : '',
      query: request.url.split('?')[1] ?? '',
    });
    const client = await clients.authenticateClient(asked.clientId, asked.clientSecret);
    if (!client) {
      throw new TokenError(
        'invalid_client',
        'The client id is unknown, or its secret is wrong, expired or revoked: make a new one for the source.',
      );
    }
    const { tenantId, sourceId, networks } = client.source;
    if (networks && !networks.contains(request.ip)) {
      throw new TokenError('unauthorized_client', addressRefused(request, sourceId));
    }
    const { token, expiresInSeconds } = await accessTokens.issue(
      { tenantId, sourceId, secretId: client.secretId },
      client.secretExpiresAt,
    );
    return {
      access_token: token,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      // Section 5.1: told when it is another one than was asked for.
      ...(asked.scope !== undefined && asked.scope !== scope && { scope }),
    };
  };

  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  await server.register(async (endpoint) => {
    // All bodies are read as text, so that each wrong one gets an answer of this protocol.
    endpoint.removeAllContentTypeParsers();
    endpoint.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, (_request, body, done) =>
      done(null, body),
    );
    endpoint.addHook('onRequest', async (_request, reply) => {
      void reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' });
    });
    endpoint.setErrorHandler((thrown, request, reply) =>
      sendTokenError(toTokenError(thrown, request), reply),
    );
    endpoint.post(tokenPath, { bodyLimit }, answer);
    endpoint.route({
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      url: tokenPath,
      handler: async (_request, reply) => {
        void reply.header('allow', 'POST');
        throw new TokenError('invalid_request', 'Ask for a token by POST.', 405);
      },
    });
  });
}

function sendTokenError({ code, message, status }: TokenError, reply: FastifyReply): void {
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="oauth2", charset="UTF-8"');
  if (status === 503) void reply.header('retry-after', '5');
  void reply.status(status).send({ error: code, error_description: message });
}

function toTokenError(thrown: unknown, request: FastifyRequest): TokenError {
  if (thrown instanceof TokenError) return thrown;
  const { statusCode = 500, message } = thrown as Error & { statusCode?: number };
  if (statusCode < 500) return new TokenError('invalid_request', message);
  const { status, detail } = toScimError(thrown, request);
  return new TokenError(status === 503 ? 'temporarily_unavailable' : 'server_error', detail);
}
