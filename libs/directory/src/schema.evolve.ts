import type { CustomSchema, CustomSchemas, RemovedAttributes } from '@rollcall/scim';
import type { SchemaEvent } from './schema.events.js';

export interface SchemasState extends CustomSchemas {
  version: number;
}

export const noSchemas: SchemasState = { version: 0, schemas: [], removed: [] };

export function evolveSchemas(
  state: SchemasState,
  { type, payload: { schema } }: SchemaEvent,
  { version }: { version: number },
): SchemasState {
  const before = state.schemas.find(({ id }) => id === schema.id);
  const others = state.schemas.filter((other) => other !== before);
  const schemas = type === 'schema.removed' ? others : [...others, schema];
  return { version, schemas, removed: removedAfter(state.removed, before, schema, type) };
}

function removedAfter(
  all: readonly RemovedAttributes[],
  before: CustomSchema | undefined,
  schema: CustomSchema,
  type: SchemaEvent['type'],
): RemovedAttributes[] {
  const isThis = (one: RemovedAttributes) =>
    one.resourceType === schema.resourceType && one.urn.toLowerCase() === schema.id.toLowerCase();
  const gone = new Set(all.filter(isThis).flatMap(({ attributes }) => attributes));
  for (const { name } of before?.attributes ?? []) gone.add(name.toLowerCase());
  if (type !== 'schema.removed') for (const { name } of schema.attributes) gone.delete(name.toLowerCase());
  const others = all.filter((one) => !isThis(one));
  if (gone.size === 0) return others;
  return [...others, { resourceType: schema.resourceType, urn: schema.id, attributes: [...gone].sort() }];
}
