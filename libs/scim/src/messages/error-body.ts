import type { ScimError, ScimType } from '../scim-error.js';
import { errorUrn } from './urns.js';

export interface ErrorBody {
  schemas: string[];
  /** The HTTP status as text: RFC 7644 section 3.12. */
  status: string;
  scimType?: ScimType;
  detail: string;
}

export function errorBody({
  status,
  scimType,
  detail,
}: Pick<ScimError, 'status' | 'scimType' | 'detail'>): ErrorBody {
  return { schemas: [errorUrn], status: String(status), ...(scimType && { scimType }), detail };
}
