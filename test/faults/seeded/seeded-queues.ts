import type { Queues } from '@rollcall/platform';
import { UnrecoverableError } from 'bullmq';
import { type Actor, type World } from './world.js';

interface Job {
  id: string;
  name: string;
  data: unknown;
  attemptsStarted: number;
  state: 'waiting' | 'active' | 'delayed' | 'failed';
  dedup?: string;
  remove(): Promise<void>;
}

interface Taker {
  actor: Actor;
  queue: string;
  concurrency: number;
  process(job: Job): Promise<void>;
  active: Set<Job>;
  closing: boolean;
  whenIdle?: () => void;
}

interface Options {
  jobId?: string;
  deduplication?: { id: string };
}

/** The carrier that all processes share. It loses jobs, runs them twice and in any order, and forgets everything. */
export class Carrier {
  private readonly queues = new Map<string, Map<string, Job>>();
  private readonly schedules = new Set<string>();
  private readonly takers = new Set<Taker>();
  private readonly self: Actor;
  private numbered = 0;

  constructor(
    private readonly world: World,
    private readonly intensity: number,
  ) {
    this.self = world.actor('carrier', false);
    world.possible.push(() => this.deliveries());
  }

  /** What a process knows as its queues. */
  of(actor: Actor): Queues {
    const call = <T>(label: string, work: () => T): Promise<T> =>
      this.world.step(`queue ${label}`, () => {
        const fate = this.goesWrong() && actor.faulty ? this.world.draw() : 1;
        if (fate < 0.5) throw new Error('the queue is away');
        const result = work();
        if (fate < 1) throw new Error('the answer of the queue is lost');
        return result;
      });
    const queue = (name: string) => ({
      add: (job: string, data: unknown, options: Options) =>
        call(`add ${job}`, () => this.add(name, job, data, options)),
      addBulk: (jobs: { name: string; data: unknown; opts: Options }[]) =>
        call(`add ${jobs.length}`, () =>
          jobs.forEach(({ name: job, data, opts }) => this.add(name, job, data, opts)),
        ),
      remove: (id: string) => call('remove', () => this.remove(name, id)),
      getJobs: (states: string[]) =>
        call('look', () => this.jobs(name).filter(({ state }) => states.includes(state))),
      getFailed: () => call('look', () => this.jobs(name).filter(({ state }) => state === 'failed')),
      getJobCounts: () =>
        call('count', () => ({ failed: this.jobs(name).filter(({ state }) => state === 'failed').length })),
      getJobScheduler: () => call('schedule', () => this.schedules.has(name)),
      upsertJobScheduler: (_id: string, { every }: { every: number }, job: { name: string }) =>
        call('schedule', () => this.schedule(name, every, job.name)),
    });
    const worker = (
      name: string,
      process: Taker['process'],
      { concurrency = 1 }: { concurrency?: number },
    ) => {
      const taker: Taker = { actor, queue: name, concurrency, process, active: new Set(), closing: false };
      this.takers.add(taker);
      const close = () =>
        new Promise<void>((resolve) => {
          taker.closing = true;
          if (taker.active.size === 0) resolve();
          else taker.whenIdle = resolve;
        });
      return { close };
    };
    return { queue, worker } as unknown as Queues;
  }

  /** Its jobs come again once their locks have ended. */
  forgetActor(actor: Actor): void {
    for (const taker of this.takers) {
      if (taker.actor !== actor) continue;
      this.takers.delete(taker);
      for (const job of taker.active) this.later(job, 8_000);
    }
  }

  flush(): void {
    this.world.tell('the queues are flushed');
    this.queues.clear();
    this.schedules.clear();
  }

  private jobs(name: string): Job[] {
    return [...(this.queues.get(name)?.values() ?? [])];
  }

  private add(queue: string, name: string, data: unknown, { jobId, deduplication }: Options = {}): void {
    if (this.goesWrong()) return this.world.tell('        a job is lost');
    const jobs = this.queues.get(queue) ?? new Map<string, Job>();
    this.queues.set(queue, jobs);
    const waits = (job: Job) => job.state === 'waiting' && job.dedup === deduplication?.id;
    if (deduplication && [...jobs.values()].some(waits)) return;
    const id = jobId ?? `n${++this.numbered}`;
    if (jobs.has(id)) return;
    const remove = () => this.world.step('queue remove', () => this.remove(queue, id));
    const job: Job = { id, name, data, attemptsStarted: 0, state: 'waiting', remove };
    jobs.set(id, { ...job, ...(deduplication && { dedup: deduplication.id }) });
  }

  private remove(queue: string, id: string): void {
    const job = this.queues.get(queue)?.get(id);
    if (job?.state === 'active') throw new Error('the job is locked');
    this.queues.get(queue)?.delete(id);
  }

  private schedule(queue: string, every: number, name: string): void {
    if (this.schedules.has(queue)) return;
    this.schedules.add(queue);
    const again = () => {
      if (!this.schedules.has(queue)) return;
      if (!this.jobs(queue).some(({ state }) => state === 'waiting')) this.add(queue, name, {});
      this.world.at(every * this.world.slack * (1 + this.world.draw() * 2), again, this.self);
    };
    again();
  }

  private deliveries() {
    return [...this.takers].flatMap((taker) => {
      if (taker.closing || !taker.actor.alive || taker.active.size >= taker.concurrency) return [];
      return this.jobs(taker.queue)
        .filter(({ state }) => state === 'waiting')
        .map((job) => ({
          label: `${taker.actor.name}: takes ${taker.queue.split('-')[0]} ${job.name}`,
          happen: () => this.deliver(taker, job),
        }));
    });
  }

  private deliver(taker: Taker, job: Job): void {
    // Left where it is, it is run once more by whoever comes.
    if (!this.goesWrong()) job.state = 'active';
    job.attemptsStarted += 1;
    taker.active.add(job);
    const end = (error?: Error) => {
      taker.active.delete(job);
      if (taker.closing && taker.active.size === 0) taker.whenIdle?.();
      if (error instanceof UnrecoverableError) job.state = 'failed';
      else if (error ?? this.goesWrong()) this.later(job, 1_000);
      else this.queues.get(taker.queue)?.delete(job.id);
    };
    this.world.act(taker.actor, () => void taker.process(job).then(() => end(), end));
  }

  private later(job: Job, delayMs: number): void {
    job.state = 'delayed';
    this.world.at(delayMs, () => (job.state = 'waiting'), this.self);
  }

  private goesWrong(): boolean {
    return this.world.faulty && this.world.chance(this.intensity);
  }
}
