import type { Refusal, SubjectType } from '../../contract.js';
import { answerTooLong } from '../../http/answer-too-long.js';
import type { OperationInput } from './operation-input.js';
import { type Reply, unreadable } from './refusal.js';
import type { Session } from './session.js';
import type { RestRequest } from './settings.js';

/** The objects of an answer, as the app wrote them. */
export async function itemsOf(
  session: Session,
  { result = 'body' }: RestRequest,
  reply: Reply,
  input: OperationInput,
): Promise<{ list: unknown[] } | { refused: Refusal }> {
  if (reply.tooLong) return { refused: answerTooLong(reply) };
  const found = await session.expressions.evaluate(result, session.inputOf(reply, input));
  const list = 'error' in found ? undefined : found.value;
  if (Array.isArray(list)) return { list };
  if (typeof list === 'object' && list !== null) return { list: [list] };
  // Taken for an empty list it would mean that everybody is gone.
  const why =
    'error' in found ? found.error : `there is no list at ${result} (write [${result}] if it may be empty)`;
  return { refused: unreadable(reply, why) };
}

export const notOffered = (what: string, type: SubjectType): Refusal => ({
  kind: 'rejected',
  code: 'not-offered',
  message: `This connection has no request for ${what} of ${type}s.`,
  remedy: `Describe the request ${type}s.${what} in the settings.`,
});
