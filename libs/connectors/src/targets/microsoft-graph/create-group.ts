import type { Attributes, OperationContext, Outcome, RemoteObject } from '../../contract.js';
import { quoted } from './odata.js';
import { readObject } from './read-object.js';
import { viewOf } from './read-objects.js';
import type { Call, Session } from './session.js';
import { noId, Work } from './work.js';
import { changesOf, withoutEmpty, writingOf } from './write-body.js';

/**
 * Names of groups are not unique, so an answer that gets lost would make a second group. The operation's id as alternate
 * key makes repeating it harmless: https://learn.microsoft.com/graph/api/group-upsert
 */
export async function createGroup(
  session: Session,
  attributes: Attributes,
  context: OperationContext,
): Promise<Outcome<RemoteObject>> {
  const { body } = writingOf('group', changesOf(attributes));
  const key = encodeURIComponent(quoted(`rollcall-${context.operationId}`)).replaceAll("'", '%27');
  const path = `/groups(uniqueName=${key})`;
  const microsoft365 = session.settings.groupType === 'microsoft365';
  const upsert: Call = {
    method: 'PATCH',
    path,
    prefer: 'create-if-missing',
    body: {
      mailNickname: nicknameOf(String(attributes.displayName)),
      ...withoutEmpty(body),
      groupTypes: microsoft365 ? ['Unified'] : [],
      mailEnabled: microsoft365,
      securityEnabled: !microsoft365,
    },
    attributes: Object.keys(attributes),
  };
  if (context.mode === 'plan') return { kind: 'planned', calls: [session.wire(upsert)] };
  const work = new Work(session, context.signal);
  const sent = await work.send(upsert);
  if (sent.refused) return work.refused(sent.refused);
  let value = readObject('group', sent.reply.body);
  if (!value) {
    // 204: an earlier attempt has made it.
    const found = await work.send({ method: 'GET', path, query: viewOf(session, 'group'), object: true });
    if (found.refused) return work.refused(found.refused.kind === 'not-found' ? noId : found.refused);
    value = readObject('group', found.reply.body);
  }
  if (!value) return work.refused(noId);
  session.fresh.made('group', value.id, attributes);
  return { kind: 'ok', value, ...work.told(sent.reply) };
}

/** ASCII without what Graph refuses; a group must have one, whether it has a mailbox or not. */
export function nicknameOf(displayName: string): string {
  const ascii = displayName.normalize('NFKD').replace(/[^\x21-\x7e]|[@()\\[\]";:<>,]/g, '');
  return ascii.slice(0, 64) || 'group';
}
