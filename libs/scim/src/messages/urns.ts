const message = (name: string) => `urn:ietf:params:scim:api:messages:2.0:${name}`;

/** URNs of the messages of RFC 7644. */
export const listResponseUrn = message('ListResponse');
export const errorUrn = message('Error');
export const patchOpUrn = message('PatchOp');
export const searchRequestUrn = message('SearchRequest');
export const bulkRequestUrn = message('BulkRequest');
export const bulkResponseUrn = message('BulkResponse');
