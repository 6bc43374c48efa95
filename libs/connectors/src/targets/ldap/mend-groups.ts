import { Attribute, Change, escapeFilter } from 'ldapts';
import { isCode, resultCode } from './result-codes.js';
import { PermissiveModify } from './request-controls.js';
import type { Work } from './server-link.js';
import type { Session } from './session.js';
import { groupBaseOf, memberAttributeOf, placeholderOf } from './settings.js';

export interface Identity {
  dn: string;
  uid?: string;
}

/**
 * Groups that hold the old name of an entry get the new one, or lose it. Servers with the refint overlay have done
 * so by then, or do it at the same time: adding and removing are harmless to repeat.
 */
export async function mendGroups(
  session: Session,
  work: Work,
  before: Identity,
  after: Identity | undefined,
): Promise<void> {
  const { settings } = session;
  if (!settings.groups || !settings.mendGroups) return;
  const { attribute, holds } = memberAttributeOf[settings.groupObjectClass];
  const old = holds === 'name' ? before.dn : before.uid;
  const now = holds === 'name' ? after?.dn : after?.uid;
  if (old === undefined || old === now) return;
  const groups = await session.search(work, groupBaseOf(settings), {
    filter: session.filterOf('group', escapeFilter`(${attribute}=${old})`),
    attributes: ['1.1'],
  });
  for (const { dn } of groups) {
    const added = now ?? (holds === 'name' ? placeholderOf(settings) : undefined);
    const changes = [
      ...(added === undefined ? [] : [memberChange('add', attribute, [added])]),
      memberChange('delete', attribute, [old]),
    ];
    const body = {
      ...(added !== undefined && { add: { [attribute]: [added] } }),
      delete: { [attribute]: [old] },
    };
    try {
      await session.run({ work, call: session.call('MODIFY', dn, body), write: true }, (client) =>
        client.modify(dn, changes, new PermissiveModify()),
      );
    } catch (error) {
      const doneMeanwhile = [
        resultCode.noSuchObject,
        resultCode.noSuchAttribute,
        resultCode.attributeOrValueExists,
      ];
      if (!isCode(error, ...doneMeanwhile)) throw error;
    }
  }
}

export const memberChange = (operation: 'add' | 'delete', type: string, values: string[]): Change =>
  new Change({ operation, modification: new Attribute({ type, values }) });
