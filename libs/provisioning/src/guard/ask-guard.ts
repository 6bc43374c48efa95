import { randomUUID } from 'node:crypto';
import type { SubjectType } from '@rollcall/connectors';
import type { EventStore } from '@rollcall/event-store';
import { Batch, Database } from '@rollcall/platform';
import type { PoolClient } from 'pg';
import type { Configuration } from '../plan/plan.js';
import type { GuardLimit } from '../plan/policy.js';
import type { ClaimedItem } from '../work/claim.js';
import { connectionEvent, type HoldCause } from './connection.events.js';
import { countable, countsOf, passedNow, recordPasses } from './count-passes.js';
import { dueFor } from './due-actions.js';
import { allowedOf, guardDecision, type GuardedAction, limitOf } from './guard.decide.js';

interface Ask {
  item: ClaimedItem;
  action: GuardedAction;
  configuration: Configuration;
}

/** A change set to wait in; undefined: go on. */
type Answer = { holdId: string } | undefined;

interface Group {
  action: GuardedAction;
  subjectType: SubjectType;
  limit: GuardLimit;
  configuration: Configuration;
  asks: Ask[];
}

const travelTogether = 64;
const leastLookMs = 1_000;

/**
 * Asked before an action is carried out that the policy limits. Counting is a row an object in Postgres, written
 * under a lock of the connection and action before anything is sent: however many processes push at once, they
 * count the same. What is due beside is looked at ahead (see due-actions), so that all of a wave waits, not
 * what is left of it.
 */
export class Guard {
  private readonly asks: Batch<Ask, { answer: Answer }>;
  private readonly looked = new Map<string, { ids: string[]; version: number; until: number }>();

  constructor(
    private readonly database: Database,
    private readonly events: EventStore,
    private readonly tenantId: string,
    private readonly connectionId: string,
  ) {
    this.asks = new Batch((asks) => this.answerAll(asks), travelTogether);
  }

  async ask(item: ClaimedItem, action: GuardedAction, configuration: Configuration): Promise<Answer> {
    if (!limitOf(configuration.policy.guard, action)) return undefined;
    return (await this.asks.add({ item, action, configuration })).answer;
  }

  private async answerAll(asks: Ask[]): Promise<{ answer: Answer }[]> {
    const groups = new Map<string, Group>();
    for (const ask of asks) {
      const { action, configuration, item } = ask;
      const key = `${action}/${item.subjectType}/${configuration.version}`;
      const limit = limitOf(configuration.policy.guard, action)!;
      const group = groups.get(key) ?? {
        action,
        subjectType: item.subjectType,
        limit,
        configuration,
        asks: [],
      };
      group.asks.push(ask);
      groups.set(key, group);
    }
    const answers = new Map<Ask, Answer>();
    for (const group of groups.values()) {
      for (const [ask, answer] of await this.answerGroup(group)) answers.set(ask, answer);
    }
    return asks.map((ask) => ({ answer: answers.get(ask) }));
  }

  private async answerGroup(group: Group): Promise<Map<Ask, Answer>> {
    const fresh = await this.decide(group, await this.dueBeside(group, false), false);
    if (fresh) return fresh;
    return (await this.decide(group, await this.dueBeside(group, true), true))!;
  }

  /** @param sure undefined is answered instead of opening a change set for what was seen a while ago */
  private async decide(group: Group, beside: string[], sure: boolean): Promise<Map<Ask, Answer> | undefined> {
    const { action, subjectType, limit, asks } = group;
    const scope = countable(this.tenantId, this.connectionId, action, subjectType, limit.withinMinutes);
    return this.database.transaction(async (client) => {
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `guard/${this.connectionId}/${action}/${subjectType}`,
      ]);
      const before = await passedNow(
        client,
        scope,
        asks.map(({ item }) => item.subjectId),
      );
      const anew = asks.filter(({ item }) => !before.has(item.subjectId));
      const answer = (holdId?: string) =>
        new Map(asks.map((ask) => [ask, anew.includes(ask) && holdId ? { holdId } : undefined]));
      if (anew.length === 0) return answer();
      const open = await openHold(client, scope.slice(0, 4));
      if (open) return answer(open);
      const ids = anew.map(({ item }) => item.subjectId);
      const counts = await countsOf(client, scope, ids, beside);
      if (guardDecision(counts, limit) === 'pass') {
        await recordPasses(client, scope.slice(0, 4), ids);
        return answer();
      }
      if (!sure) return undefined;
      const holdId = await this.open(client, group, anew[0]!.item, counts);
      return answer(holdId);
    });
  }

  private async open(
    client: PoolClient,
    { action, subjectType, limit, configuration }: Group,
    item: ClaimedItem,
    { passed, planned, live }: { passed: number; planned: number; live: number },
  ): Promise<string> {
    const id = randomUUID();
    const { above, abovePercent, withinMinutes } = limit;
    const cause = await causeOf(client, this.tenantId, item, configuration.version);
    const threshold = { passed, planned, live, above, abovePercent, withinMinutes };
    await client.query(
      `insert into hub.hold (tenant_id, id, connection_id, action, subject_type, cause, threshold)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [this.tenantId, id, this.connectionId, action, subjectType, cause, threshold],
    );
    const payload = {
      holdId: id,
      action,
      subjectType,
      count: passed + planned,
      live,
      above,
      abovePercent,
      withinMinutes,
      cause,
    };
    await this.events.appendIn(client, this.tenantId, [
      connectionEvent(this.connectionId, { type: 'hold.opened', payload }, 'hub', item.wanted),
    ]);
    return id;
  }

  /** Other subjects the action is due for; looked up anew at most a tenth of the time. */
  private async dueBeside(
    { action, subjectType, limit, configuration, asks }: Group,
    anew: boolean,
  ): Promise<string[]> {
    const key = `${action}/${subjectType}`;
    const known = this.looked.get(key);
    if (!anew && known && known.version === configuration.version && known.until > Date.now())
      return known.ids;
    const startedAt = Date.now();
    const scope = countable(this.tenantId, this.connectionId, action, subjectType, limit.withinMinutes);
    const { live } = await countsOf(this.database.pool, scope, [], []);
    const except = asks.map(({ item }) => item.subjectId);
    const asked = { action, subjectType, withinMinutes: limit.withinMinutes, except };
    const enough = allowedOf(live, limit) + 1;
    const { database, tenantId, connectionId } = this;
    const ids = await dueFor(database, tenantId, connectionId, configuration, asked, enough);
    const tookMs = Date.now() - startedAt;
    const until = Date.now() + Math.max(leastLookMs, tookMs * 9);
    this.looked.set(key, { ids, version: configuration.version, until });
    return ids;
  }
}

async function openHold(client: PoolClient, scope: unknown[]): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>(
    `select id from hub.hold where tenant_id = $1 and connection_id = $2 and action = $3 and subject_type = $4
       and state = 'open'`,
    scope,
  );
  return rows[0]?.id;
}

/** A newer event of the subject, or else what was configured. */
async function causeOf(
  client: PoolClient,
  tenantId: string,
  { wanted, done }: ClaimedItem,
  version: number,
): Promise<HoldCause> {
  if (wanted <= done) return { kind: 'configuration', version };
  const { rows } = await client.query<{ type: string; source: string; actor: string }>(
    `select type, metadata->>'source' as source, metadata->>'actor' as actor from hub.event
     where tenant_id = $1 and position = $2`,
    [tenantId, wanted],
  );
  const { type = null, source = null, actor = null } = rows[0] ?? {};
  return { kind: 'event', position: wanted, type, source, actor };
}
