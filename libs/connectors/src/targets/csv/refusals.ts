import type { Outcome, Refusal } from '../../contract.js';

/** Ends an operation of the connector with this outcome. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

export const rejected = (code: string, message: string, remedy: string, attribute?: string): Refused =>
  new Refused({ kind: 'rejected', code, message, remedy, ...(attribute !== undefined && { attribute }) });

export const denied = (message: string, remedy: string): Refused =>
  new Refused({ kind: 'denied', message, remedy });

/** Nothing else works at this place either, until it has passed. */
export const later = (message: string, afterMs?: number): Refused =>
  new Refused({
    kind: 'retry',
    scope: 'connection',
    message,
    ...(afterMs !== undefined && { afterMs }),
  });

export const fileGone = (file: string): Refused =>
  later(`${file} is gone: put it back, or an empty file in its place if all of it is to be written anew.`);

export const stopped = (maybeDone: boolean): Refusal => ({
  kind: 'retry',
  scope: 'object',
  message: 'The hub stopped before the file was written.',
  ...(maybeDone && { maybeDone }),
});

/** Whatever ends an operation becomes its outcome. */
export async function attempt<T>(operate: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await operate();
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}
