import { Injectable } from '@nestjs/common';
import { Subscriptions } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import { ScimError } from '@rollcall/scim';
import { directoryProjection } from './directory.projection.js';

const lookAgainMs = 4;
/** After this long the asking process projects by itself: a busy or stopped worker does not hold up reading. */
const helpAfterMs = 10;
const patienceMs = 10_000;

interface Waiting {
  position: number;
  since: number;
  resolve(): void;
  reject(error: Error): void;
}

interface Lane {
  waiting: Waiting[];
  helping: boolean;
  timer?: NodeJS.Timeout;
}

const heads = {
  name: 'read-model.heads',
  text: `select coalesce((select position from hub.tenant_counter where tenant_id = $1), 0)::float8 as head,
           coalesce((select position from hub.checkpoint where tenant_id = $1 and subscriber = 'directory'), 0)::float8
             as reached`,
};

/**
 * Read your writes: holds a query back until the directory tables have seen every event committed before it
 * came. All waiting requests of a process share one look at the checkpoint.
 */
@Injectable()
export class Freshness {
  private readonly lanes = new Map<string, Lane>();
  private readonly looks = new Map<string, Promise<{ head: number; reached: number }>>();

  constructor(
    private readonly database: Database,
    private readonly subscriptions: Subscriptions,
  ) {}

  /** Rejects with 503 when the tables are still behind after ten seconds. */
  async upToDate(tenantId: string): Promise<void> {
    const { head, reached } = await this.lookAfterNow(tenantId);
    if (reached >= head) return;
    await new Promise<void>((resolve, reject) => {
      const lane = this.lanes.get(tenantId) ?? { waiting: [], helping: false };
      this.lanes.set(tenantId, lane);
      lane.waiting.push({ position: head, since: Date.now(), resolve, reject });
      this.schedule(tenantId, lane);
    });
  }

  /** Told by the projecting worker of this process, so that nobody has to look. */
  advanced(tenantId: string, reached: number): void {
    const lane = this.lanes.get(tenantId);
    if (lane) this.settle(tenantId, lane, reached);
  }

  /** A look that began after the request came; requests that come while one is under way share the next. */
  private lookAfterNow(tenantId: string): Promise<{ head: number; reached: number }> {
    const under = this.looks.get(tenantId);
    if (!under) return this.look(tenantId);
    const nextName = `${tenantId}/next`;
    const planned = this.looks.get(nextName);
    if (planned) return planned;
    const begin = () => {
      this.looks.delete(nextName);
      return this.look(tenantId);
    };
    const next = under.then(begin, begin);
    this.looks.set(nextName, next);
    return next;
  }

  private look(tenantId: string): Promise<{ head: number; reached: number }> {
    const look = this.database
      .query<{ head: number; reached: number }>(heads, [tenantId])
      .then(([row]) => row!)
      .finally(() => {
        if (this.looks.get(tenantId) === look) this.looks.delete(tenantId);
      });
    this.looks.set(tenantId, look);
    return look;
  }

  private schedule(tenantId: string, lane: Lane): void {
    lane.timer ??= setTimeout(() => {
      lane.timer = undefined;
      void this.lookAgain(tenantId, lane);
    }, lookAgainMs);
  }

  private async lookAgain(tenantId: string, lane: Lane): Promise<void> {
    try {
      const { reached } = await this.look(tenantId);
      this.settle(tenantId, lane, reached);
    } catch (error) {
      for (const { reject } of lane.waiting.splice(0)) reject(error as Error);
    }
    if (lane.waiting.length === 0) return;
    const longest = Date.now() - lane.waiting[0]!.since;
    if (longest > helpAfterMs && !lane.helping) void this.help(tenantId, lane);
    if (longest > patienceMs) this.giveUp(lane);
    this.schedule(tenantId, lane);
  }

  private settle(tenantId: string, lane: Lane, reached: number): void {
    lane.waiting = lane.waiting.filter(({ position, resolve }) => {
      if (position > reached) return true;
      resolve();
      return false;
    });
    if (lane.waiting.length === 0) this.lanes.delete(tenantId);
  }

  private async help(tenantId: string, lane: Lane): Promise<void> {
    lane.helping = true;
    try {
      this.settle(tenantId, lane, await this.subscriptions.catchUp(tenantId, directoryProjection));
    } catch {
      // The waiting requests are told by their own time limit; the worker reports what is wrong.
    } finally {
      lane.helping = false;
    }
  }

  private giveUp(lane: Lane): void {
    const now = Date.now();
    lane.waiting = lane.waiting.filter(({ since, reject }) => {
      if (now - since <= patienceMs) return true;
      reject(
        new ScimError(
          503,
          'The directory tables are behind the last change and did not catch up within ten seconds. ' +
            'Check that a worker is running (HUB_ROLES) and that Postgres is not overloaded, then try again.',
        ),
      );
      return false;
    });
  }
}
