import type { AttributeDefinition, ResourceSchema } from './attribute.js';
import { customised, groupType, userType, type ResourceType } from './resource-type.js';

/** An extension schema that a tenant has added: RFC 7643 section 3.3. */
export interface CustomSchema extends ResourceSchema {
  resourceType: ResourceType['name'];
  /** Whether a resource must have values of it (RFC 7643 section 6, schemaExtensions). */
  required: boolean;
}

/** Attributes that a tenant had declared under a URN and does not now. */
export interface RemovedAttributes {
  resourceType: ResourceType['name'];
  urn: string;
  /** In lower case. */
  attributes: string[];
}

export interface CustomSchemas {
  schemas: readonly CustomSchema[];
  removed: readonly RemovedAttributes[];
}

export type TypesByName = Readonly<Record<ResourceType['name'], ResourceType>>;

export const standardTypes: TypesByName = { User: userType, Group: groupType };

/** The resource types of a tenant. Of attributes that clients name without URN, the schema first by URN wins. */
export function typesWith(custom: CustomSchemas): TypesByName {
  if (custom.schemas.length === 0 && custom.removed.length === 0) return standardTypes;
  return { User: typeWith(userType, custom), Group: typeWith(groupType, custom) };
}

function typeWith(type: ResourceType, custom: CustomSchemas): ResourceType {
  const removed = custom.removed.filter(({ resourceType }) => resourceType === type.name);
  const schemas = custom.schemas
    .filter(({ resourceType }) => resourceType === type.name)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, name, description, attributes, required }) => ({
      schema: { id, name, description, attributes },
      required,
    }));
  return schemas.length === 0 && removed.length === 0 ? type : customised(type, schemas, removed);
}

/** Whether values of the one are values of the other, compared alike. */
export function sameKind(a: AttributeDefinition, b: AttributeDefinition): boolean {
  return a.type === b.type && a.multiValued === b.multiValued && a.caseExact === b.caseExact;
}
