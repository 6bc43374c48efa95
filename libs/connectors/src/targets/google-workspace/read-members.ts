import { isObject } from '@rollcall/scim';
import type { Refusal, RemoteObject, WireCall } from '../../contract.js';
import { sendNoting } from './read-call.js';
import { pathOf, type Session } from './session.js';

type Members = NonNullable<RemoteObject['members']>;

/** All direct members that are users or groups; people from outside and "everybody" (type CUSTOMER) are not. */
export async function readMembers(
  session: Session,
  groupId: string,
  calls: WireCall[],
): Promise<{ members: Members } | { refused: Refusal }> {
  const members: Members = [];
  const tokens = new Set<string>();
  let pageToken: string | undefined;
  do {
    const query = { maxResults: '200', ...(pageToken !== undefined && { pageToken }) };
    const path = `${pathOf('group', groupId)}/members`;
    const sent = await sendNoting(session, { method: 'GET', path, query, wantsBody: true }, calls);
    if (sent.refused) return { refused: sent.refused };
    const body = sent.reply.body as Record<string, unknown>;
    for (const member of Array.isArray(body.members) ? body.members.filter(isObject) : []) {
      const { id, type } = member;
      if (typeof id !== 'string' || (type !== 'USER' && type !== 'GROUP')) continue;
      members.push({ id, type: type === 'GROUP' ? 'group' : 'user' });
    }
    pageToken = typeof body.nextPageToken === 'string' ? body.nextPageToken : undefined;
    if (pageToken !== undefined && tokens.has(pageToken)) return { refused: goesRound };
    if (pageToken !== undefined) tokens.add(pageToken);
  } while (pageToken !== undefined);
  return { members };
}

const goesRound: Refusal = {
  kind: 'retry',
  scope: 'object',
  message: 'Google gives the same page of members again: the list cannot be read to its end.',
};
