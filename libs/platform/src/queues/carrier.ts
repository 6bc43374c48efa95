import type { Processor, Queue, QueueOptions, Worker, WorkerOptions } from 'bullmq';

/** What carries the jobs: a connection for queues and one for workers, with options that suit the backend. */
export interface Carrier {
  readonly backend: 'redis' | 'postgres';
  readonly queueOptions: QueueOptions;
  readonly workerOptions: WorkerOptions;
  createQueue(name: string, options: QueueOptions): Queue;
  createWorker(name: string, processor: Processor, options: WorkerOptions): Worker;
  /** Also of queues that other processes made. */
  queueNames(): Promise<string[]>;
  /** Throws when jobs can be neither added nor taken. */
  check(): Promise<void>;
  close(): Promise<void>;
}
