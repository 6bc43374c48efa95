import type { Refusal } from '../contract.js';
import type { TokenResult } from './access-token.js';
import type { HttpFailure } from './exchange.js';
import { refusalOfFailure } from './refusal-of-failure.js';

type Answer = { kind: 'answer'; status: number } | { kind: 'failure' };

/** A token that cannot be had. */
export type NoToken = Exclude<TokenResult, { kind: 'token' }>;

export type Asked<T> = { answer: T; token: string } | { noToken: NoToken };

/**
 * Asks with a token, and once more with a new one where the first was turned down: a token may end before its time, and
 * nothing was done with one that is refused.
 * @param turnedDown whether an answer refuses the token; left out: whether its status is 401
 */
export async function askWithToken<T extends Answer>(
  tokens: { get(refused?: string): Promise<TokenResult> },
  ask: (token: string) => Promise<T>,
  turnedDown: (answer: T) => boolean = isUnauthorized,
): Promise<Asked<T>> {
  const first = await tokens.get();
  if (first.kind !== 'token') return { noToken: first };
  const answer = await ask(first.token);
  if (!turnedDown(answer)) return { answer, token: first.token };
  const second = await tokens.get(first.token);
  if (second.kind !== 'token') return { noToken: second };
  return { answer: await ask(second.token), token: second.token };
}

const isUnauthorized = (answer: Answer): boolean => answer.kind === 'answer' && answer.status === 401;

/**
 * What a missing token means for the call it was wanted for, which has not been sent.
 * @param remedies what to do where the address of the token endpoint is outside the networks of the hub, and where the
 * endpoint refuses the client
 */
export function refusalWithoutToken(
  got: NoToken,
  remedies: { address: string; refused: string },
): { refused: Refusal; failure?: HttpFailure } {
  const { message } = got;
  if (got.kind === 'refused') return { refused: { kind: 'denied', message, remedy: remedies.refused } };
  const { failure } = got;
  if (!failure) return { refused: { kind: 'retry', scope: 'connection', message } };
  return { refused: refusalOfFailure({ ...failure, sent: false }, 'read', remedies.address), failure };
}
