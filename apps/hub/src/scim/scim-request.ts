import type { ChangeOrigin } from '@rollcall/directory';
import type { TenantTypes } from '@rollcall/read-model';
import type { FastifyRequest } from 'fastify';
import { RequestTrace } from '../request-log/request-trace.js';

/** Who calls: set by the guard from the bearer token. */
export interface ScimCaller {
  tenantId: string;
  sourceId: string;
  /** The kind of client the source was made for: entra, okta, ... */
  client: string;
}

export type ScimRequest = FastifyRequest & {
  scimCaller: ScimCaller;
  /** Set by the guard: what users and groups of the tenant may have. */
  scimTypes: TenantTypes;
};

export const scimPath = '/scim/v2';
export const scimMediaType = 'application/scim+json';

interface TracedRequest {
  scimTrace?: RequestTrace;
}

/** Notes what the request turns out to be, for the request log. */
export function traceOf(request: FastifyRequest): RequestTrace {
  return ((request as TracedRequest).scimTrace ??= new RequestTrace());
}

export function scimBaseUrl(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${scimPath}`;
}

export function changeOrigin(request: ScimRequest): ChangeOrigin {
  const { sourceId } = request.scimCaller;
  return { source: sourceId, actor: `source:${sourceId}`, correlation: request.id, requestId: request.id };
}

/** Who makes a change, for which tenant and through which kind of client. */
export interface Writer {
  tenantId: string;
  client: string;
  origin: ChangeOrigin;
  trace: RequestTrace;
  types: TenantTypes;
}

export function writerOf(request: ScimRequest): Writer {
  const { tenantId, client } = request.scimCaller;
  return {
    tenantId,
    client,
    origin: changeOrigin(request),
    trace: traceOf(request),
    types: request.scimTypes,
  };
}

/** The versions of which one must be the current one; undefined: any. */
export type KnownVersions = readonly number[];

/**
 * The versions in an entity tag list (RFC 7644 section 3.14, RFC 9110 section 13.1), weak or strong; undefined
 * for none and for "*". A tag that is none of ours stands for no version.
 */
export function knownVersions(tags: string | undefined): KnownVersions | undefined {
  if (!tags || tags.trim() === '*') return undefined;
  return tags.split(',').flatMap((tag) => {
    const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(tag.trim())?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}

/** Whether the client has this version already: a read of it is answered with 304. */
export function hasAlready(request: FastifyRequest, { version }: { version: number }): boolean {
  const tags = request.headers['if-none-match'];
  if (!tags) return false;
  return knownVersions(tags)?.includes(version) ?? true;
}
