import { noSchemas, type SchemasState } from '@rollcall/directory';
import { type CustomSchemas, type ResourceType, typesWith } from '@rollcall/scim';
import type { ClientBase } from 'pg';

/** The resource types of a tenant: the standard ones with its own schemas. */
export interface TenantTypes {
  /** Of the tenant's schemas; 0: it has none of its own and never had. */
  version: number;
  User: ResourceType;
  Group: ResourceType;
  schemas: CustomSchemas['schemas'];
}

const compiled = new Map<string, TenantTypes>();
const rememberAtMost = 10_000;

/** One object for one version, so that what others keep by type stays of use. */
export function tenantTypes(tenantId: string, state: SchemasState): TenantTypes {
  const known = compiled.get(tenantId);
  if (known?.version === state.version) return known;
  const types = { version: state.version, ...typesWith(state), schemas: state.schemas };
  if (compiled.size >= rememberAtMost) compiled.clear();
  compiled.set(tenantId, types);
  return types;
}

export interface SchemasRow {
  version: number;
  content: CustomSchemas;
}

export function schemasOfRow(row: SchemasRow | undefined): SchemasState {
  return row ? { version: row.version, ...row.content } : noSchemas;
}

/** As far as they are projected: what the directory tables are written by. */
export async function projectedTypes(
  client: Pick<ClientBase, 'query'>,
  tenantId: string,
): Promise<TenantTypes> {
  const { rows } = await client.query<SchemasRow>({
    name: 'read-model.tenant-schemas',
    text: 'select version, content from hub.tenant_schemas where tenant_id = $1',
    values: [tenantId],
  });
  return tenantTypes(tenantId, schemasOfRow(rows[0]));
}
