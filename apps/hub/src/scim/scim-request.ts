import type { ChangeOrigin } from '@rollcall/directory';
import type { FastifyRequest } from 'fastify';

/** Who calls: set by the guard from the bearer token. */
export interface ScimCaller {
  tenantId: string;
  sourceId: string;
  /** The kind of client the source was made for: entra, okta, ... */
  client: string;
}

export type ScimRequest = FastifyRequest & { scimCaller: ScimCaller };

export const scimPath = '/scim/v2';
export const scimMediaType = 'application/scim+json';

export function scimBaseUrl(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${scimPath}`;
}

export function changeOrigin(request: ScimRequest): ChangeOrigin {
  const { sourceId } = request.scimCaller;
  return { source: sourceId, actor: `source:${sourceId}`, correlation: request.id, requestId: request.id };
}

/** The version in If-Match (RFC 7644 section 3.14); undefined when the client names none or "*". */
export function ifMatchVersion(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match'];
  if (!header || header === '*') return undefined;
  const version = /^(?:W\/)?"?(\d+)"?$/.exec(header.trim())?.[1];
  return version === undefined ? -1 : Number(version);
}
