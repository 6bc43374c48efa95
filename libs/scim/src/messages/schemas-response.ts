import type { ResourceSchema } from '../schema/attribute.js';
import type { ResourceType } from '../schema/resource-type.js';
import { listResponse } from './list-response.js';

/** A schema as /Schemas/{urn} shows it: RFC 7643 section 7. `baseUrl` has no slash at the end. */
export function schemaResource(schema: ResourceSchema, baseUrl: string) {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    ...schema,
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${schema.id}` },
  };
}

/** Every schema that the types use, each once. */
export function schemasOf(types: ResourceType[]): ResourceSchema[] {
  const all = types.flatMap((type) => [type.schema, ...type.extensions.map((extension) => extension.schema)]);
  return [...new Map(all.map((schema) => [schema.id, schema])).values()];
}

export function schemasResponse(types: ResourceType[], baseUrl: string) {
  return listResponse(schemasOf(types).map((schema) => schemaResource(schema, baseUrl)));
}
