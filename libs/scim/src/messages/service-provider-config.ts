export interface ServiceFeatures {
  /** The SCIM base, without a slash at the end. */
  baseUrl: string;
  documentationUri?: string;
  patch: boolean;
  /** Undefined: not supported. */
  bulk?: { maxOperations: number; maxPayloadSize: number };
  filterMaxResults: number;
  changePassword: boolean;
  sort: boolean;
  pagination: {
    cursor: boolean;
    index: boolean;
    defaultPaginationMethod: 'cursor' | 'index';
    defaultPageSize: number;
    maxPageSize: number;
    /** Seconds. */
    cursorTimeout: number;
  };
  etag: boolean;
  authenticationSchemes: AuthenticationScheme[];
}

export interface AuthenticationScheme {
  type: 'oauth' | 'oauth2' | 'oauthbearertoken' | 'httpbasic' | 'httpdigest';
  name: string;
  description: string;
  primary?: boolean;
}

/** RFC 7643 section 5, with the pagination of RFC 9865 section 4. */
export function serviceProviderConfig(features: ServiceFeatures) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    ...(features.documentationUri && { documentationUri: features.documentationUri }),
    patch: { supported: features.patch },
    bulk: { supported: features.bulk !== undefined, maxOperations: 0, maxPayloadSize: 0, ...features.bulk },
    filter: { supported: true, maxResults: features.filterMaxResults },
    changePassword: { supported: features.changePassword },
    sort: { supported: features.sort },
    etag: { supported: features.etag },
    pagination: features.pagination,
    authenticationSchemes: features.authenticationSchemes,
    meta: { resourceType: 'ServiceProviderConfig', location: `${features.baseUrl}/ServiceProviderConfig` },
  };
}
