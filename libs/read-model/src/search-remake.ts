import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@rollcall/platform';
import { type ResourceType, ScimError } from '@rollcall/scim';
import type { ClientBase } from 'pg';
import { holdersOf, tableOf } from './holders.js';
import { type ResourceRow, toState } from './resource-row.js';
import { searchDocument } from './search-document.js';
import { projectedTypes } from './tenant-types.js';

const atOnce = 500;
const patienceMs = 10_000;
/** Between batches, so that projecting and requests get their turn. */
const restMs = 5;

interface Due {
  resource_type: ResourceType['name'];
  urns: string[];
  done_to: string;
}

/**
 * Makes search documents again after a schema changed, in short transactions of some hundred resources each,
 * beside the projection. Only searches that ask about an attribute of a tenant's own schemas wait for it.
 */
@Injectable()
export class SearchRemake implements OnModuleDestroy {
  private readonly log = new Logger(SearchRemake.name);
  private readonly running = new Map<string, Promise<void>>();
  private closing = false;

  constructor(private readonly database: Database) {}

  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    await Promise.all(this.running.values());
  }

  /** Does what is to be done for the tenant, if anything, without being waited for. */
  begin(tenantId: string): void {
    if (this.closing || this.running.has(tenantId)) return;
    const run = this.toItsEnd(tenantId)
      .catch((error: Error) => this.log.warn(`Search documents wait to be made again: ${error.message}`))
      .finally(() => this.running.delete(tenantId));
    this.running.set(tenantId, run);
  }

  /** Resolves when every search document says what the schemas say. Rejects with 503 after ten seconds. */
  async finished(tenantId: string): Promise<void> {
    const begun = Date.now();
    while (await this.batch(tenantId)) {
      if (Date.now() - begun < patienceMs) continue;
      throw new ScimError(
        503,
        'A schema of this tenant has just changed, and the directory is being made searchable by it. Try again in a minute.',
      );
    }
  }

  private async toItsEnd(tenantId: string): Promise<void> {
    while (!this.closing && (await this.batch(tenantId))) await pause(restMs);
  }

  /** @returns whether there may be more to do */
  private async batch(tenantId: string): Promise<boolean> {
    const due = await this.database.query(
      { name: 'search-remake.due', text: 'select from hub.search_remake where tenant_id = $1 limit 1' },
      [tenantId],
    );
    if (due.length === 0) return false;
    return this.database.transaction(async (client) => {
      await client.query('set local synchronous_commit = off');
      // In turn with the projection: no row changes, and no schema, while its document is being made.
      await client.query(
        `select from hub.checkpoint where tenant_id = $1 and subscriber = 'directory' for update`,
        [tenantId],
      );
      const { rows } = await client.query<Due>(
        `select resource_type, urns, done_to from hub.search_remake where tenant_id = $1
         order by resource_type limit 1`,
        [tenantId],
      );
      if (!rows[0]) return false;
      await remake(client, tenantId, rows[0]);
      return true;
    });
  }
}

async function remake(client: ClientBase, tenantId: string, due: Due): Promise<void> {
  const { resource_type: kind, urns, done_to: after } = due;
  const { [kind]: type } = await projectedTypes(client, tenantId);
  const found = await holdersOf(client, tenantId, kind, urns, after, atOnce);
  await writeDocuments(client, tenantId, kind, found, type);
  if (found.length < atOnce) {
    await client.query('delete from hub.search_remake where tenant_id = $1 and resource_type = $2', [
      tenantId,
      kind,
    ]);
    return;
  }
  await client.query(
    'update hub.search_remake set done_to = $3 where tenant_id = $1 and resource_type = $2',
    [tenantId, kind, found.at(-1)!.id],
  );
}

async function writeDocuments(
  client: ClientBase,
  tenantId: string,
  kind: ResourceType['name'],
  found: ResourceRow[],
  type: ResourceType,
): Promise<void> {
  if (found.length === 0) return;
  await client.query(
    `update hub.${tableOf[kind]} r set search = n.search
     from jsonb_to_recordset($2) as n(id uuid, search jsonb)
     where r.tenant_id = $1 and r.id = n.id and r.search is distinct from n.search`,
    [
      tenantId,
      JSON.stringify(found.map((row) => ({ id: row.id, search: searchDocument(toState(row), type) }))),
    ],
  );
}
