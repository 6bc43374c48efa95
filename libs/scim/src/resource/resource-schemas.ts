import type { Attributes } from '../json.js';
import type { ResourceType } from '../schema/resource-type.js';

/** The `schemas` of a resource: the core schema and every extension of which it has attributes. */
export function resourceSchemas(attributes: Attributes, type: ResourceType): string[] {
  const urns = [type.schema.id];
  for (const key of Object.keys(attributes)) {
    if (key.includes(':')) urns.push(key);
  }
  return urns;
}
