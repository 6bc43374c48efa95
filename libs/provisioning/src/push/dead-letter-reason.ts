import type { OperationError } from '../report/operation.events.js';

/**
 * Why a job is a dead letter, in words that may leave Postgres: what a target says in its own words may hold
 * personal data, so the queue gets only codes and names of attributes.
 */
export function deadLetterReason({ kind, code, attribute }: OperationError): string {
  const what = [kind, code].filter(Boolean).join(' ');
  return `${what}${attribute ? ` (${attribute})` : ''}: the connection's dead letters say more`;
}
