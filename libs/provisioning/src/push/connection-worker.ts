import { randomUUID } from 'node:crypto';
import type { EventStore } from '@rollcall/event-store';
import { Batch, Database, Keyring, Queues } from '@rollcall/platform';
import { type Job, type Queue, UnrecoverableError, type Worker } from 'bullmq';
import type { ConnectorAccess } from '../connections/open-connection.js';
import { type ClaimedItem, claim, type Handout, release, takeBack } from '../work/claim.js';
import { Coalesced } from '../work/coalesced.js';
import type { Completed, Completion } from '../work/completion.js';
import { valuesIn } from '../work/dead-letter-cause.js';
import { handOut, untilNextDue } from '../work/hand-out.js';
import { nameOperations } from '../work/name-operations.js';
import { handoutOf, type PushJob, pushJobId, pushJobOptions, pushQueueName } from '../work/push-job.js';
import { hasAccount } from '../work/wake-waiting.js';
import type { WorkerLease } from '../work/worker-lease.js';
import { Attempt } from './attempt.js';
import { holderOf } from './holder-of.js';
import { Guard } from '../guard/ask-guard.js';
import { permitFor } from '../guard/permit.js';
import type { GuardedAction } from '../guard/guard.decide.js';
import type { Action } from '../plan/plan.js';
import { completeTogether } from './complete-together.js';
import { type ConfiguredConnection, CurrentConfiguration } from './current-configuration.js';
import { deadLetterReason } from './dead-letter-reason.js';
import { Gate } from './gate.js';
import { type LoadedGroup, type LoadedUser, loadSubjects } from './load-subjects.js';
import { Pace, PaceStopped } from './pace.js';
import { shareOf } from './pace.decide.js';
import { pushGroup } from './push-group.js';
import { pushUser } from './push-user.js';
import { broken, type Pushed } from './settle-push.js';
import { Slots } from './slots.js';
import { writtenMembers } from './written-members.js';

export interface WorkerParts {
  database: Database;
  events: EventStore;
  keyring: Keyring;
  queues: Queues;
  connectors: ConnectorAccess;
  lease: WorkerLease;
  log(message: string, details: Record<string, unknown>): void;
  /** Something was recorded for the tenant: reports can be brought up to date. */
  recorded(tenantId: string): void;
}

interface Taken {
  item: ClaimedItem;
  open: ConfiguredConnection;
  subject: LoadedUser | LoadedGroup;
  remoteIds: ReadonlyMap<string, string>;
}

/** What is looked up every now and then for every connection. */
export interface Followed {
  paused: boolean;
  /** Calls a second the target asked for, as far as any process has heard. */
  learned: number | null;
  /** How many processes push, and which of them this is. */
  peers: { count: number; rank: number };
}

/** Items of one connection that are in its queue at once. */
export const handoutWindow = 400;
const batchLimit = 64;
const lingerMs = 4;
const longestSleepMs = 60_000;
/** Memberships read and changed in one push of a group. */
const memberLimit = 1_000;

/** Pushes one connection: hands its due items out to its own queue, and works on the jobs in it. */
export class ConnectionWorker {
  private readonly queue: Queue;
  private worker: Worker | undefined;
  private readonly configured: CurrentConfiguration;
  private readonly gate: Gate;
  private readonly guard: Guard;
  private readonly pace: Pace;
  private readonly slots = new Slots(1);
  private readonly claims: Batch<Handout, Taken | undefined>;
  private readonly completions: Batch<Completion, Completed>;
  private readonly feed: Coalesced;
  private timer: NodeJS.Timeout | undefined;
  private wakesAt = 0;
  private out = 0;
  private exhausted = false;
  private closing = false;
  private paused = false;
  private concurrency = 1;
  private peers = { count: 1, rank: 0 };

  constructor(
    private readonly parts: WorkerParts,
    readonly tenantId: string,
    readonly connectionId: string,
  ) {
    this.queue = parts.queues.queue(pushQueueName(connectionId));
    this.pace = new Pace(parts.database, tenantId, connectionId);
    this.configured = new CurrentConfiguration(parts, tenantId, connectionId, this.pace);
    this.gate = new Gate(parts, tenantId, connectionId);
    this.guard = new Guard(parts.database, parts.events, tenantId, connectionId);
    this.claims = new Batch((handouts) => this.take(handouts), batchLimit, { lingerMs, atOnce: 2 });
    this.completions = new Batch((completions) => this.complete(completions), batchLimit, { lingerMs });
    this.feed = new Coalesced(
      () => this.handOutDue(),
      (error) => this.parts.log('handing out failed', { connectionId, error: error.message }),
    );
  }

  async start(version: number): Promise<void> {
    const { configuration } = await this.configured.at(version);
    const { concurrency } = configuration.policy.push;
    this.shareSlots(concurrency);
    this.worker = this.parts.queues.worker(
      pushQueueName(this.connectionId),
      (job: Job<PushJob>) => this.process(job),
      { concurrency: this.jobsAtOnce },
    );
    this.feed.poke();
  }

  /** @param paused by a person: what is under way ends, what has not begun goes back */
  follow({ paused, learned, peers }: Followed): void {
    this.paused = paused;
    if (paused) this.pace.interrupt();
    this.peers = peers;
    this.pace.follow(learned, peers.count);
    void this.gate.share();
    this.shareSlots(this.concurrency);
    this.poke();
  }

  private shareSlots(concurrency: number): void {
    this.concurrency = concurrency;
    this.slots.resize(shareOf(concurrency, this.peers));
    if (this.worker) this.worker.concurrency = this.jobsAtOnce;
  }

  /** More jobs are under way than calls: while some wait for the target, others are read and written. */
  private get jobsAtOnce(): number {
    const ahead = Math.ceil(64 / this.peers.count);
    return Math.min(shareOf(this.concurrency, this.peers) * 4 + ahead, handoutWindow / 4);
  }

  /** There may be something to hand out. */
  poke(): void {
    if (!this.closing) this.feed.poke();
  }

  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.timer);
    this.pace.stop();
    await this.worker?.close();
    await this.gate.share();
    await this.feed.idle();
    await this.configured.close();
  }

  private async process(job: Job<PushJob>): Promise<void> {
    const handout = handoutOf(job.id!);
    // Put back by the sweep so that it is seen; a person's retry starts it a second time.
    if (job.name === 'dead-letter' && job.attemptsStarted <= 1) throw new UnrecoverableError('dead letter');
    const taken = await this.claims.add(handout);
    this.out = Math.max(0, this.out - 1);
    if (taken) {
      const pushed = await this.slots.run(() => this.push(taken));
      if (pushed) {
        const state = await this.completions.add(pushed.completion);
        this.afterwards(pushed, state);
        if (state === 'dead') throw new UnrecoverableError(deadLetterReason(pushed.completion.error!));
      }
    }
    if (!this.exhausted && this.out <= handoutWindow / 2) this.poke();
  }

  private async push({ item, open, subject, remoteIds }: Taken): Promise<Pushed | undefined> {
    const { database, lease } = this.parts;
    // Lost while the item waited for its turn: another process may have it by now.
    if (!lease.holds(item.owner)) return undefined;
    if (this.gate.isClosed || this.paused || this.closing) {
      await release(database, this.tenantId, this.connectionId, [item]).catch(() => lease.abandon());
      return undefined;
    }
    const { quarantine } = open.configuration.policy;
    const operationId = item.made?.operationId ?? item.operationId ?? randomUUID();
    const attempt = new Attempt({
      connector: open.connector,
      type: item.subjectType,
      operationId,
      attempt: item.attempts + 1,
      mapping: open.configuration[item.subjectType === 'user' ? 'users' : 'groups'],
      signal: lease.signal,
      ...(item.subjectType === 'user' && { surelyAbsent: (keys) => open.absent.surelyAbsent(keys) }),
      writtenMembers: () => writtenMembers(database, this.tenantId, this.connectionId, item.subjectId),
      holderOf: (remoteId) => holderOf(database, this.tenantId, this.connectionId, item, remoteId),
    });
    const context = {
      connectionId: this.connectionId,
      configuration: open.configuration,
      item,
      operationId,
      attempt,
      now: new Date(),
      random: Math.random(),
      values: valuesIn((subject.type === 'user' ? subject.user : subject.group)?.resource),
      forgives: () => this.gate.forgives(),
      fault: () => this.gate.fault(quarantine),
      permit: (action: Action) =>
        permitFor(item, action, () => this.guard.ask(item, action as GuardedAction, open.configuration)),
    };
    let pushed: Pushed | undefined;
    try {
      pushed =
        subject.type === 'user'
          ? await pushUser(subject, remoteIds, context)
          : await pushGroup(subject, open.capabilities.members, memberLimit, context);
      if (pushed.trouble) {
        await this.gate.close(pushed.trouble, item.epoch);
        this.pace.interrupt();
      }
      if (!pushed.trouble && pushed.reached && !pushed.fault && (await this.gate.open(quarantine)))
        this.poke();
      return pushed;
    } catch (error) {
      if (error instanceof PaceStopped) {
        await release(database, this.tenantId, this.connectionId, [item]).catch(() => lease.abandon());
        return undefined;
      }
      const { connectionId } = this;
      const { subjectId } = item;
      this.parts.log('a push broke', { connectionId, subjectId, operationId, stack: (error as Error).stack });
      // What has no completion stays leased for as long as this process lives.
      return pushed ?? broken(context, subject.target);
    }
  }

  private afterwards({ completion }: Pushed, state: Completed): void {
    if (completion.event) this.parts.recorded(this.tenantId);
    if (state === 'due' || state === 'retrying') {
      this.wakeIn(Math.min((completion.dueAt?.getTime() ?? 0) - Date.now(), longestSleepMs));
    }
  }

  private async take(handouts: Handout[]): Promise<(Taken | undefined)[]> {
    const { database, lease } = this.parts;
    const owner = await lease.owner();
    const items = await claim(database, this.tenantId, this.connectionId, handouts, owner).catch(
      (error: unknown) => {
        // Leased without our hearing of it, they would stay leased for as long as this process lives.
        lease.abandon();
        throw error;
      },
    );
    const claimed = new Map(items.map((item) => [item.subjectId, item]));
    // Jobs of older hand-outs, and copies, can be in one batch with the job that is meant: one item, one job.
    const isFor = (job: Handout, item: ClaimedItem | undefined) => item?.handout === job.handout;
    const rest = handouts.filter((job) => !isFor(job, claimed.get(job.subjectId)));
    try {
      if (rest.length > 0) await takeBack(database, this.tenantId, this.connectionId, rest);
      const [first] = items;
      if (!first) return handouts.map(() => undefined);
      this.gate.learn(first);
      const open = await this.configured.at(first.configVersion);
      // Changed between the lease and the reading of it: what is done is done under what was read.
      for (const item of items) item.configVersion = open.configuration.version;
      this.shareSlots(open.configuration.policy.push.concurrency);
      const loaded = await loadSubjects(database, this.tenantId, this.connectionId, open.configuration, {
        users: items.filter(({ subjectType }) => subjectType === 'user').map(({ subjectId }) => subjectId),
        groups: items.filter(({ subjectType }) => subjectType === 'group').map(({ subjectId }) => subjectId),
        memberLimit,
      });
      await nameOperations(
        database,
        this.tenantId,
        this.connectionId,
        items.filter((item) => item.operationId === null && makesAccount(loaded.users.get(item.subjectId))),
      );
      return handouts.map((job) => {
        const item = claimed.get(job.subjectId);
        const subject = loaded.users.get(job.subjectId) ?? loaded.groups.get(job.subjectId);
        if (!item || !subject || !isFor(job, item)) return undefined;
        claimed.delete(job.subjectId);
        return { item, open, subject, remoteIds: loaded.remoteIds };
      });
    } catch (error) {
      await release(database, this.tenantId, this.connectionId, items).catch(() => lease.abandon());
      throw error;
    }
  }

  private async complete(completions: Completion[]): Promise<Completed[]> {
    const { database, events, lease } = this.parts;
    try {
      return await completeTogether(database, events, this.tenantId, this.connectionId, completions);
    } catch (error) {
      lease.abandon();
      throw error;
    }
  }

  private async handOutDue(): Promise<void> {
    const { database } = this.parts;
    const handed = await handOut(database, this.tenantId, this.connectionId, handoutWindow);
    // None at all while many are out means only that there was no room.
    this.exhausted = handed.length === 0 && this.out <= handoutWindow / 2;
    if (handed.length > 0) {
      this.out += handed.length;
      await Promise.all(
        handed.flatMap(({ subjectId, failedHandout }) =>
          failedHandout === null
            ? []
            : // A job that is about to fail cannot be removed yet; the sweep does it.
              this.queue.remove(pushJobId(subjectId, failedHandout)).catch(() => undefined),
        ),
      );
      await this.queue.addBulk(
        handed.map(({ subjectId, subjectType, handout }) => ({
          name: subjectType,
          data: { tenantId: this.tenantId, connectionId: this.connectionId, subjectType, subjectId },
          opts: { ...pushJobOptions, jobId: pushJobId(subjectId, handout) },
        })),
      );
      return;
    }
    const wait = await untilNextDue(database, this.tenantId, this.connectionId);
    if (wait !== undefined && wait > 0) this.wakeIn(Math.min(wait, longestSleepMs));
  }

  private wakeIn(ms: number): void {
    if (this.closing) return;
    if (ms <= 0) return this.feed.poke();
    const at = Date.now() + ms + 5;
    if (this.timer && this.wakesAt <= at) return;
    clearTimeout(this.timer);
    this.wakesAt = at;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.feed.poke();
    }, at - Date.now());
  }
}

function makesAccount(loaded: LoadedUser | undefined): boolean {
  return (
    loaded?.user !== undefined && loaded.user.active && !loaded.user.deletedAt && !hasAccount(loaded.target)
  );
}
