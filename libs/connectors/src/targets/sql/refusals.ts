import type { Refusal } from '../../contract.js';
import { OpeningFailed } from './reach-server.js';
import { refusalOf, serverErrorOf } from './server-errors.js';

/** Ends an operation of the connector with this outcome. */
export class Refused extends Error {
  constructor(
    readonly refusal: Refusal,
    /** SQLSTATE of PostgreSQL, number of MySQL, where the server gave one. */
    readonly code?: string,
  ) {
    super(refusal.message);
  }
}

export const refused = (code: string, message: string, remedy: string, attribute?: string): Refused =>
  new Refused({ kind: 'rejected', code, message, remedy, ...(attribute !== undefined && { attribute }) });

/** Why no connection could be opened, as an outcome. Nothing has been sent then. */
export function openingRefusal(error: unknown): Refusal {
  if (!(error instanceof OpeningFailed))
    return { kind: 'retry', scope: 'connection', message: (error as Error).message };
  const { message, stage, cause } = error;
  if (stage === 'address')
    return {
      kind: 'denied',
      message,
      remedy: 'Allow the network in HUB_TARGET_NETWORKS, or correct the server.',
    };
  const told = stage === 'sign-in' ? serverErrorOf(cause) : undefined;
  if (!told) return { kind: 'retry', scope: 'connection', message };
  const refusal = refusalOf(told, false);
  // Nothing was about an object yet: what the server refuses now it refuses to all of them.
  if (refusal.kind === 'retry') return { ...refusal, scope: 'connection' };
  return refusal.kind === 'denied'
    ? refusal
    : {
        kind: 'denied',
        message: refusal.message,
        remedy: 'Check database, user and session settings of the connection.',
        answer: refusal.answer,
      };
}

export const gone = (what: string): Refused =>
  new Refused({ kind: 'not-found', message: `There is no ${what} with this id.` });

export const tooLong: Refusal = {
  kind: 'rejected',
  code: 'answer-too-long',
  message: 'The answer is longer than this connection allows.',
  remedy: 'Lower the page size, or raise the largest answer in the settings.',
};

export const stopped = (maybeDone: boolean): Refusal => ({
  kind: 'retry',
  scope: 'object',
  message: 'The hub stopped before the server answered.',
  ...(maybeDone && { maybeDone }),
});

export const lost = (late: boolean, maybeDone: boolean): Refusal => ({
  kind: 'retry',
  scope: late ? 'object' : 'connection',
  message: late ? 'The server did not answer in time.' : 'The connection ended before the server answered.',
  ...(maybeDone && { maybeDone }),
});
