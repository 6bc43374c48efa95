import type { CustomSchema } from '@rollcall/scim';
import { v5 as uuid } from 'uuid';

/** What a tenant did to the extension schemas of its own; the schema as it is after that, or was before its removal. */
export interface SchemaEvent {
  type: 'schema.defined' | 'schema.changed' | 'schema.removed';
  payload: { schema: CustomSchema };
}

export const schemaStream = 'schema';

/** One stream a tenant, so that what its schemas are together is checked with its version. */
export function schemaStreamId(tenantId: string): string {
  return uuid('schemas', tenantId);
}
