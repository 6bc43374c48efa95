import type { EventStore, Subscriptions } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import type { Freshness } from '@rollcall/read-model';
import { type AccountsPage, accountsAt, type AccountsQuery, membersAt } from './accounts-at.js';
import { historyProjection } from './history.projection.js';
import type { Log } from './recorded-events.js';
import { type StateAt, stateAt } from './state-at.js';
import { differencesBetween, type StateDifferences } from './state-differences.js';
import { findSubject, type KnownSubject, type SubjectKind } from './subject.js';
import { readTimeline, type Timeline } from './timeline.js';

/** What was, and who had what when: never older than the last event committed before the question. */
export class History {
  constructor(
    private readonly database: Database,
    private readonly events: EventStore,
    private readonly subscriptions: Subscriptions,
    private readonly freshness: Freshness,
  ) {}

  /** Also of deleted and erased ones. Undefined: there never was one. */
  find(tenantId: string, kind: SubjectKind, id: string): Promise<KnownSubject | undefined> {
    return findSubject(this.database, tenantId, kind, id);
  }

  async timeline(
    tenantId: string,
    subject: KnownSubject,
    page: { before?: number; limit?: number },
  ): Promise<Timeline> {
    await this.upToDate(tenantId);
    return readTimeline(this.log, tenantId, subject, page);
  }

  async at(tenantId: string, subject: KnownSubject, at: Date): Promise<StateAt> {
    await this.upToDate(tenantId);
    return stateAt(this.log, tenantId, subject, at);
  }

  async between(tenantId: string, subject: KnownSubject, from: Date, to: Date): Promise<StateDifferences> {
    await this.upToDate(tenantId);
    const [before, after] = await Promise.all([
      stateAt(this.log, tenantId, subject, from),
      stateAt(this.log, tenantId, subject, to),
    ]);
    return differencesBetween(before, after);
  }

  async accounts(tenantId: string, connectionId: string, query: AccountsQuery): Promise<AccountsPage> {
    await this.upToDate(tenantId);
    return accountsAt(this.database, tenantId, connectionId, query);
  }

  async members(
    tenantId: string,
    groupId: string,
    query: Parameters<typeof membersAt>[3],
  ): ReturnType<typeof membersAt> {
    await this.upToDate(tenantId);
    return membersAt(this.database, tenantId, groupId, query);
  }

  private get log(): Log {
    return { database: this.database, events: this.events };
  }

  private async upToDate(tenantId: string): Promise<void> {
    await this.freshness.upToDate(tenantId);
    await this.subscriptions.catchUp(tenantId, historyProjection);
  }
}
