import type { Source, SourceToken } from '@rollcall/access';
import type { FastifyRequest } from 'fastify';
import { tokenPath } from '../oauth/serve-token-endpoint.js';
import { scimBaseUrl } from '../scim/scim-request.js';
import type { SourceView, TokenView } from './source.dto.js';

const soonMs = 14 * 24 * 3_600_000;

export function viewSource(source: Source, request: FastifyRequest): SourceView {
  return {
    ...source,
    scimUrl: scimBaseUrl(request),
    tokens: source.tokens.map(viewToken),
    tokenUrl: tokenUrl(request),
    secrets: source.secrets.map(viewToken),
  };
}

export function tokenUrl(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${tokenPath}`;
}

function viewToken(token: SourceToken): TokenView {
  const left = token.expiresAt ? token.expiresAt.getTime() - Date.now() : Infinity;
  return { ...token, state: left <= 0 ? 'expired' : left <= soonMs ? 'expiring' : 'active' };
}
