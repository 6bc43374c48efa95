import type { Attributes } from '@rollcall/connectors';
import type { EventStore } from '@rollcall/event-store';
import { Database, Keyring } from '@rollcall/platform';
import type { Freshness } from '@rollcall/read-model';
import { type ConnectorAccess, openConnection } from '../connections/open-connection.js';
import { loadSubjects } from '../push/load-subjects.js';
import { plannerFor } from '../push/planner.js';
import { type AttributeExplanation, explainAttributes } from './explain-attributes.js';
import { readAround, type Standing, standingsOf } from './why-not.js';

export interface Explanation {
  connection: { id: string; name: string; state: string };
  /** Null: none is known there. */
  account: { state: string; remoteId: string } | null;
  /** Why the account is, or is not, as it should be. */
  standing: Standing[];
  attributes: AttributeExplanation[];
}

/** Why somebody has, or has not, which values at which app. */
export class Explain {
  constructor(
    private readonly parts: {
      database: Database;
      events: EventStore;
      keyring: Keyring;
      connectors: ConnectorAccess;
      freshness: Freshness;
    },
  ) {}

  /** @param attribute of the target, or a source path; left out: all */
  async user(
    tenantId: string,
    userId: string,
    { connectionId, attribute }: { connectionId?: string; attribute?: string },
  ): Promise<Explanation[]> {
    const { database, freshness } = this.parts;
    await freshness.upToDate(tenantId);
    const rows = await database.query<{ id: string }>(
      `select id from hub.connection where tenant_id = $1 and ($2::uuid is null or id = $2) order by name`,
      [tenantId, connectionId ?? null],
    );
    const explained: Explanation[] = [];
    for (const { id } of rows) {
      const explanation = await this.at(tenantId, id, userId, attribute);
      if (explanation) explained.push(explanation);
    }
    return explained;
  }

  private async at(
    tenantId: string,
    connectionId: string,
    userId: string,
    attribute: string | undefined,
  ): Promise<Explanation | undefined> {
    const { database, keyring, connectors } = this.parts;
    const around = await readAround(database, tenantId, connectionId, userId);
    const open = around && (await openConnection(database, keyring, connectors, tenantId, connectionId));
    if (!around || !open) return undefined;
    try {
      const { configuration } = open;
      const loaded = await loadSubjects(database, tenantId, connectionId, configuration, {
        users: [userId],
        groups: [],
        memberLimit: 1,
      });
      const user = loaded.users.get(userId)!;
      const { target } = user;
      const planner = await plannerFor(user, configuration, loaded.remoteIds, new Date());
      const plan = planner.plan(target, {});
      const { name, state } = around.connection;
      const written: Attributes = target?.written ?? {};
      return {
        connection: { id: connectionId, name, state },
        account: target ? { state: target.state, remoteId: target.remoteId } : null,
        standing: await standingsOf(database, tenantId, plan, around),
        attributes: await explainAttributes(
          this.parts,
          tenantId,
          { id: connectionId, name },
          userId,
          written,
          attribute,
        ),
      };
    } finally {
      await open.connector.close();
    }
  }
}
