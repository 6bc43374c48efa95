import { evolveSchemas, type SchemaEvent } from '@rollcall/directory';
import type { RecordedEvent } from '@rollcall/event-store';
import type { ClientBase } from 'pg';
import { type SchemasRow, schemasOfRow } from './tenant-types.js';

const beforeAllIds = '00000000-0000-0000-0000-000000000000';

/**
 * Writes what the tenant's schemas are now, and down that the search documents of resources with values under
 * their URNs are to be made again.
 */
export async function projectSchemas(
  tenantId: string,
  events: RecordedEvent[],
  client: ClientBase,
): Promise<void> {
  if (events.length === 0) return;
  const { rows } = await client.query<SchemasRow>(
    'select version, content from hub.tenant_schemas where tenant_id = $1 for update',
    [tenantId],
  );
  let state = schemasOfRow(rows[0]);
  for (const event of events) {
    if (!event.payload || event.version <= state.version) continue;
    const change = event as unknown as SchemaEvent;
    state = evolveSchemas(state, change, event);
    const { id, resourceType } = change.payload.schema;
    await client.query(
      `insert into hub.search_remake as r (tenant_id, resource_type, urns, done_to) values ($1, $2, $3, $4)
       on conflict (tenant_id, resource_type) do update set done_to = excluded.done_to,
         urns = array(select distinct urn from unnest(r.urns || excluded.urns) urn)`,
      [tenantId, resourceType, [id.toLowerCase()], beforeAllIds],
    );
  }
  const { version, schemas, removed } = state;
  await client.query(
    `insert into hub.tenant_schemas (tenant_id, version, content) values ($1, $2, $3)
     on conflict (tenant_id) do update set version = excluded.version, content = excluded.content`,
    [tenantId, version, JSON.stringify({ schemas, removed })],
  );
}
