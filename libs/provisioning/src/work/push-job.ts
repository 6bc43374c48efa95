import type { JobsOptions } from 'bullmq';

/** One job of a connection's queue: ids only. The work item in Postgres says what is to be done. */
export interface PushJob {
  tenantId: string;
  connectionId: string;
  subjectType: 'user' | 'group';
  subjectId: string;
}

export function pushQueueName(connectionId: string): string {
  return `push-${connectionId}`;
}

export function pushJobId(subjectId: string, handout: number): string {
  return `${subjectId}-${handout}`;
}

export function handoutOf(jobId: string): { subjectId: string; handout: number } {
  return { subjectId: jobId.slice(0, 36), handout: Number(jobId.slice(37)) };
}

/** A job fails by itself only for a reason in the hub's own house, such as a lost database: it is run again. */
export const pushJobOptions: JobsOptions = {
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: 1_000 },
  removeOnComplete: true,
  removeOnFail: false,
  stackTraceLimit: 0,
};
