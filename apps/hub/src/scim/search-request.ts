import { parseSearchRequest } from '@rollcall/scim';
import { type ScimRequest, traceOf } from './scim-request.js';
import type { ScimQuery } from './scim-query.js';

/** The body of a POST .search as the query it stands for. */
export function searchRequest(body: unknown, request: ScimRequest): ScimQuery {
  return traceOf(request).noting((warnings) => parseSearchRequest(body, warnings));
}
