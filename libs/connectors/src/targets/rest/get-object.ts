import type { Outcome, RemoteObject, SubjectType } from '../../contract.js';
import { answerTooLong } from '../../http/answer-too-long.js';
import type { OperationInput } from './operation-input.js';
import { unreadable } from './refusal.js';
import { readObject } from './read-object.js';
import type { Session } from './session.js';

/** One object, and `raw` as the app returned it. */
export async function getObject(
  session: Session,
  type: SubjectType,
  id: string,
): Promise<Outcome<RemoteObject> & { raw?: unknown }> {
  const requests = session.settings[`${type}s`];
  // An app that cannot be asked is taken at its word.
  if (!requests?.get) return { kind: 'ok', value: { id, attributes: {} } };
  const input: OperationInput = { operation: 'get', type, id };
  const sent = await session.send(requests.get, input);
  const calls = sent.call ? [sent.call] : [];
  if (sent.refused) return { ...sent.refused, calls };
  const told = { calls, ...(sent.reply.hints && { hints: sent.reply.hints }) };
  if (sent.reply.tooLong) return { ...answerTooLong(sent.reply), ...told };
  const { result = 'body' } = requests.get;
  const found = await session.expressions.evaluate(result, session.inputOf(sent.reply, input));
  const raw = 'value' in found ? found.value : undefined;
  const object =
    raw === undefined ? undefined : await readObject(requests, type, raw, session.expressions, id);
  if (object && !('failed' in object)) return { kind: 'ok', value: object, raw, ...told };
  const why = 'error' in found ? found.error : (object?.failed ?? `there is no object at ${result}`);
  return { ...unreadable(sent.reply, why), ...told };
}
