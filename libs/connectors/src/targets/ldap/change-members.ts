import type { MemberChange, MembersResult, OperationContext, Outcome } from '../../contract.js';
import { memberChange } from './mend-groups.js';
import { PermissiveModify } from './request-controls.js';
import { isCode, resultCode } from './result-codes.js';
import type { Work } from './server-link.js';
import type { Session } from './session.js';
import { memberAttributeOf, placeholderOf } from './settings.js';
import { findNames } from './write-values.js';

interface Step {
  op: 'add' | 'delete';
  id: string;
  value: string;
}

/**
 * Adds and removes members, so many with one operation. Members without an entry are unknown; one that is to be
 * removed and has no entry any more counts as removed. A server that refuses a whole batch because one is there
 * already (20) or is not (16) gets it in halves.
 */
export async function changeMembers(
  session: Session,
  groupId: string,
  change: MemberChange,
  context: OperationContext,
  work: Work,
): Promise<Outcome<MembersResult>> {
  if (change.add.length + change.remove.length === 0) return { kind: 'no-op', why: 'unchanged' };
  if (context.mode === 'plan') return { kind: 'planned', calls: [planned(session, groupId, change)] };
  const { settings } = session;
  const { holds } = memberAttributeOf[settings.groupObjectClass];
  const ids = [...change.add, ...change.remove].map(({ id }) => id);
  const names = await findNames(session, work, ids);
  const valueOf = (id: string) => (holds === 'name' ? names.get(id)?.dn : names.get(id)?.uid);
  const result: MembersResult = {
    added: [],
    removed: change.remove.map(({ id }) => id).filter((id) => valueOf(id) === undefined),
    unknown: change.add.map(({ id }) => id).filter((id) => valueOf(id) === undefined),
  };
  const stepsOf = (op: Step['op'], members: { id: string }[]): Step[] =>
    members.flatMap(({ id }) => {
      const value = valueOf(id);
      return value === undefined ? [] : [{ op, id, value }];
    });
  const steps = [...stepsOf('delete', change.remove), ...stepsOf('add', change.add)];
  const batches: Step[][] = [];
  for (let from = 0; from < steps.length; from += settings.membersPerCall)
    batches.push(steps.slice(from, from + settings.membersPerCall));
  // With nobody to add or remove, whether the group is there still has to be known.
  if (batches.length === 0) await session.at(work, 'group', groupId, (dn) => confirm(session, work, dn));
  batches.reverse();
  for (let batch = batches.pop(); batch; batch = batches.pop()) {
    try {
      await send(session, work, groupId, batch);
    } catch (error) {
      const alreadySo = isCode(error, resultCode.attributeOrValueExists, resultCode.noSuchAttribute);
      if (!alreadySo) throw error;
      if (batch.length > 1) {
        const middle = batch.length >> 1;
        batches.push(batch.slice(middle), batch.slice(0, middle));
        continue;
      }
    }
    for (const { op, id } of batch) result[op === 'add' ? 'added' : 'removed'].push(id);
  }
  return { kind: 'ok', value: result, calls: work.calls, answer: 'LDAP 0' };
}

async function confirm(session: Session, work: Work, dn: string): Promise<void> {
  await session.search(work, dn, { scope: 'base', attributes: ['1.1'] });
}

async function send(session: Session, work: Work, groupId: string, batch: Step[]): Promise<void> {
  try {
    await modify(session, work, groupId, batch, false);
  } catch (error) {
    // A group that came from elsewhere has no placeholder, and its last member cannot go without one.
    if (!isCode(error, resultCode.objectClassViolation) || !batch.some(({ op }) => op === 'delete'))
      throw error;
    await modify(session, work, groupId, batch, true);
  }
}

function modify(
  session: Session,
  work: Work,
  groupId: string,
  batch: Step[],
  placeholder: boolean,
): Promise<void> {
  const { attribute } = memberAttributeOf[session.settings.groupObjectClass];
  const added = batch.filter(({ op }) => op === 'add').map(({ value }) => value);
  const removed = batch.filter(({ op }) => op === 'delete').map(({ value }) => value);
  if (placeholder) added.push(placeholderOf(session.settings));
  const changes = [
    ...(added.length > 0 ? [memberChange('add', attribute, added)] : []),
    ...(removed.length > 0 ? [memberChange('delete', attribute, removed)] : []),
  ];
  const body = {
    ...(added.length > 0 && { add: { [attribute]: added } }),
    ...(removed.length > 0 && { delete: { [attribute]: removed } }),
  };
  return session.at(work, 'group', groupId, (dn, controls) =>
    session.run(
      { work, call: session.call('MODIFY', dn, body), write: true, writing: [attribute] },
      (client) => client.modify(dn, changes, [...controls, new PermissiveModify()]),
    ),
  );
}

function planned(session: Session, groupId: string, change: MemberChange) {
  const { attribute } = memberAttributeOf[session.settings.groupObjectClass];
  const namesOf = (members: { id: string }[]) =>
    members.map(({ id }) => session.nameOf(id) ?? `entryUUID=${id}`);
  return session.call('MODIFY', session.nameOf(groupId) ?? `entryUUID=${groupId}`, {
    ...(change.add.length > 0 && { add: { [attribute]: namesOf(change.add) } }),
    ...(change.remove.length > 0 && { delete: { [attribute]: namesOf(change.remove) } }),
  });
}
