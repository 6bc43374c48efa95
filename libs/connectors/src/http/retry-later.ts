import type { RateHints, Refusal } from '../contract.js';
import { waitFrom } from './rate-hints.js';

export type Retry = (
  scope: 'object' | 'connection',
  message: string,
  maybeDone?: boolean,
) => Extract<Refusal, { kind: 'retry' }>;

/**
 * Makes outcomes of an answer that tells of passing trouble, with the wait its hints ask for. `maybeDone` is kept for
 * writes alone. `now` in epoch ms.
 */
export function retryLater(
  told: { answer: string; hints?: RateHints },
  kind: 'read' | 'write',
  now: number,
): Retry {
  const afterMs = waitFrom(told.hints, now);
  return (scope, message, maybeDone = false) => ({
    kind: 'retry',
    scope,
    message,
    ...(afterMs !== undefined && { afterMs }),
    ...(maybeDone && kind === 'write' && { maybeDone }),
    ...told,
  });
}
