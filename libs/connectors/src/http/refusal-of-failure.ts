import type { Refusal } from '../contract.js';
import type { HttpFailure } from './exchange.js';

/**
 * What it means for an operation that a call had no answer: a write that went out may have been carried out.
 * @param addressRemedy what to do where the address is outside the networks of the hub
 */
export function refusalOfFailure(
  failure: HttpFailure,
  kind: 'read' | 'write',
  addressRemedy: string,
): Refusal {
  const { cause, sent, message } = failure;
  if (cause === 'address') return { kind: 'denied', message, remedy: addressRemedy };
  const alone = cause === 'stopped' || (sent && cause === 'timeout');
  return {
    kind: 'retry',
    scope: alone ? 'object' : 'connection',
    message,
    ...(sent && kind === 'write' && { maybeDone: true }),
  };
}
