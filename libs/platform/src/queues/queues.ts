import { Logger } from '@nestjs/common';
import type { Processor, Queue, Worker, WorkerOptions } from 'bullmq';
import type { Carrier } from './carrier.js';
import { openPostgresCarrier } from './postgres-carrier.js';
import { openRedisCarrier } from './redis-carrier.js';
import { quietly, TroubleLog } from './trouble-log.js';

export interface QueuesOptions {
  /** Unset: jobs live in the database. */
  redisUrl?: string;
  databaseUrl: string;
  /** Keeps hubs apart that share a Redis. */
  prefix: string;
}

/**
 * All BullMQ objects of this process. Queues and workers come and go while the hub runs, one pair a
 * connection, so they are made here and not by decorators.
 *
 * Defaults: completed jobs go after a while, failed ones stay, and the job of a killed worker is taken up by
 * another within ten seconds, as often as it takes.
 */
export class Queues {
  private readonly log = new Logger('Queues');
  private readonly trouble = new TroubleLog(this.log);
  private readonly queues = new Map<string, Queue>();
  private readonly workers = new Set<Worker>();

  private constructor(private readonly carrier: Carrier) {}

  static async open(options: QueuesOptions): Promise<Queues> {
    const carrier = options.redisUrl
      ? await openRedisCarrier(options.redisUrl, options.prefix)
      : await openPostgresCarrier(options.databaseUrl);
    return new Queues(carrier);
  }

  get backend(): 'redis' | 'postgres' {
    return this.carrier.backend;
  }

  /** The queue of that name, made when first asked for. */
  queue(name: string): Queue {
    let queue = this.queues.get(name);
    if (!queue) {
      queue = this.carrier.createQueue(name, {
        ...this.carrier.queueOptions,
        defaultJobOptions: { removeOnFail: false, ...this.carrier.queueOptions.defaultJobOptions },
      });
      queue.on('error', (error) => this.trouble.report(error));
      this.queues.set(name, queue);
    }
    return queue;
  }

  /** Takes jobs until closed. Close it yourself when its work ends before the process does. */
  worker(name: string, processor: Processor, options: Partial<WorkerOptions> = {}): Worker {
    const worker = this.carrier.createWorker(name, processor, {
      lockDuration: 6_000,
      stalledInterval: 3_000,
      maxStalledCount: 1_000_000,
      runRetryDelay: 1_000,
      ...this.carrier.workerOptions,
      ...options,
    });
    worker.on('error', (error) => this.trouble.report(error));
    worker.on('closed', () => this.workers.delete(worker));
    this.workers.add(worker);
    return worker;
  }

  /** Lets go of the queue's object; its jobs stay. */
  async closeQueue(name: string): Promise<void> {
    const queue = this.queues.get(name);
    this.queues.delete(name);
    await queue?.close();
  }

  /** Removes the queue with all its jobs. */
  async removeQueue(name: string): Promise<void> {
    await this.queue(name).obliterate({ force: true });
    await this.closeQueue(name);
  }

  /** Names of the queues that exist, whichever process made them. */
  names(): Promise<string[]> {
    return this.carrier.queueNames();
  }

  /** Throws when jobs can be neither added nor taken. */
  check(): Promise<void> {
    return this.carrier.check();
  }

  /** Running jobs may finish for `graceMs`; what is then still at work is taken up by another process. */
  async close(graceMs = 10_000): Promise<void> {
    const workers = [...this.workers];
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs)));
    await Promise.race([Promise.all(workers.map((worker) => quietly(worker.close()))), grace]);
    clearTimeout(timer);
    await Promise.all([...this.queues.values()].map((queue) => quietly(queue.close())));
    await this.carrier.close();
  }
}
