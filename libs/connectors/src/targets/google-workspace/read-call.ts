import type { Refusal, SubjectType, WireCall } from '../../contract.js';
import { pathOf, type Call, type Refused, type Sent, type Session } from './session.js';

/** One object by id or address, with its custom schemas. */
export const getCall = (type: SubjectType, key: string, signal?: AbortSignal): Call => ({
  method: 'GET',
  path: pathOf(type, key),
  ...(type === 'user' && { query: { projection: 'full' } }),
  wantsBody: true,
  signal,
});

/** Sends it and keeps what was called. */
export async function sendNoting(session: Session, call: Call, calls: WireCall[]): Promise<Sent> {
  const sent = await session.send(call);
  calls.push(sent.call);
  return sent;
}

/** Something made a moment ago that Google denies knowing, or does not let be seen, is waited for. */
export function orNotSettled(session: Session, id: string, sent: Refused): Refusal {
  const { refused, reply } = sent;
  const hidden = refused.kind === 'not-found' || (refused.kind === 'denied' && reply?.status === 403);
  if (!hidden || !session.settling.mayBeHidden(id)) return refused;
  return {
    kind: 'retry',
    scope: 'object',
    afterMs: 2000,
    message: 'It was made a moment ago, and Google does not show it everywhere yet.',
    answer: refused.answer,
  };
}
