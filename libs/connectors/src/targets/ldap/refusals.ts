import { ResultCodeError } from 'ldapts';
import type { Refusal } from '../../contract.js';
import { OpeningFailed } from './connection.js';
import { type Explain, refusalOf } from './result-codes.js';

/** Why no connection could be opened, as an outcome. Nothing has been sent then. */
export function openingRefusal(
  error: unknown,
  secrets: string[] = [],
  explain: Explain = refusalOf,
): Refusal {
  if (!(error instanceof OpeningFailed))
    return { kind: 'retry', scope: 'connection', message: (error as Error).message };
  let { message } = error;
  for (const secret of secrets) message = message.replaceAll(secret, '***');
  if (error.stage === 'address')
    return {
      kind: 'denied',
      message,
      remedy: 'Allow the network in HUB_TARGET_NETWORKS, or correct the server.',
    };
  if (error.stage === 'bind' && error.cause instanceof ResultCodeError) return explain(error.cause, []);
  return { kind: 'retry', scope: 'connection', message };
}

export const gone: Refusal = { kind: 'not-found', message: 'There is no entry with this entryUUID.' };

export const noBase = (base: string): Refusal => ({
  kind: 'rejected',
  code: 'no-base',
  message: `There is no entry ${base}, or the service account may not see it.`,
  remedy:
    'Correct it in the settings, create it at the server, or give the service account the right to read it.',
});

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

export const lost = (error: Error, write: boolean): Refusal => {
  const late = /timed out/.test(error.message);
  return {
    kind: 'retry',
    scope: late ? 'object' : 'connection',
    message: late ? 'The server did not answer in time.' : 'The connection ended before the server answered.',
    ...(write && { maybeDone: true }),
  };
};
