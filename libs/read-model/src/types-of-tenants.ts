import { Injectable } from '@nestjs/common';
import { evolveSchemas, type SchemaEvent, schemaStreamId } from '@rollcall/directory';
import { type EventRow, EventStore, eventColumns } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import { type SchemasRow, schemasOfRow, type TenantTypes, tenantTypes } from './tenant-types.js';

/** How long a change made through another process may stay unnoticed. */
const rememberMs = 1_000;
const rememberAtMost = 10_000;

interface Remembered {
  until: number;
  types: TenantTypes | undefined;
  look: Promise<TenantTypes>;
}

const newestSchemas = {
  name: 'read-model.newest-schemas',
  text: `select s.version as row_version, s.content, ${eventColumns}
         from (select $1::uuid as tenant_id, $2::uuid as id) wanted
         left join hub.tenant_schemas s on s.tenant_id = wanted.tenant_id
         left join lateral (
           select * from hub.event e where e.tenant_id = wanted.tenant_id and e.stream_id = wanted.id
             and e.version > coalesce(s.version, 0) offset 0) e on true
         left join lateral (
           select * from hub.subject_key k
           where k.tenant_id = e.tenant_id and k.subject_id = e.subject_id offset 0) k on true
         order by e.version`,
};

/**
 * Each tenant's resource types as requests see them, from the log: never older than a change made through this
 * process, and at most a second behind one made through another. A busy tenant costs one question a second.
 */
@Injectable()
export class TypesOfTenants {
  private readonly remembered = new Map<string, Remembered>();

  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
  ) {}

  /** At once where they are known: a request need not wait for its turn. */
  of(tenantId: string): TenantTypes | Promise<TenantTypes> {
    const known = this.remembered.get(tenantId);
    if (known && known.until > Date.now()) return known.types ?? known.look;
    const entry: Remembered = {
      until: Date.now() + rememberMs,
      types: undefined,
      look: this.newest(tenantId),
    };
    if (this.remembered.size >= rememberAtMost) this.remembered.clear();
    this.remembered.set(tenantId, entry);
    entry.look.then(
      (types) => (entry.types = types),
      () => {
        if (this.remembered.get(tenantId) === entry) this.remembered.delete(tenantId);
      },
    );
    return entry.look;
  }

  /** After a change in this process, which is then in force at once. */
  forget(tenantId: string): void {
    this.remembered.delete(tenantId);
  }

  /** As they are now, whatever is remembered. */
  async newest(tenantId: string): Promise<TenantTypes> {
    const rows = await this.database.query<
      EventRow & { row_version: number | null } & Omit<SchemasRow, 'version'>
    >(newestSchemas, [tenantId, schemaStreamId(tenantId)]);
    const { row_version: version, content } = rows[0]!;
    const events = rows[0]!.position === null ? [] : this.store.decode(rows);
    const state = events.reduce(
      (before, event) => evolveSchemas(before, event as unknown as SchemaEvent, event),
      schemasOfRow(version === null ? undefined : { version, content }),
    );
    return tenantTypes(tenantId, state);
  }
}
