import type { ResourceType } from '../schema/resource-type.js';
import { listResponse } from './list-response.js';

/** A type as /ResourceTypes/{name} shows it: RFC 7643 section 6. `baseUrl` has no slash at the end. */
export function resourceTypeResource(type: ResourceType, baseUrl: string) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: type.name,
    name: type.name,
    endpoint: type.endpoint,
    description: type.description,
    schema: type.schema.id,
    ...(type.extensions.length > 0 && {
      schemaExtensions: type.extensions.map(({ urn, required }) => ({ schema: urn, required })),
    }),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${type.name}` },
  };
}

export function resourceTypesResponse(types: ResourceType[], baseUrl: string) {
  return listResponse(types.map((type) => resourceTypeResource(type, baseUrl)));
}
