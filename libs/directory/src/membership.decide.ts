import type { MembershipDelta } from './group.decide.js';
import type { Member } from './group.events.js';

/** Operations on a membership in request order; ids already resolved to members that exist. */
export type MembershipOperation =
  | { op: 'add'; members: Member[] }
  | { op: 'remove'; ids: string[] }
  | { op: 'clear' }
  | { op: 'set'; members: Member[] };

/** True where the outcome depends on members the operations do not name. */
export function needsAllMembers(operations: MembershipOperation[]): boolean {
  return operations.some(({ op }) => op === 'clear' || op === 'set');
}

/** The net change. `current` holds at least the named members that are in the group, or all where needed. */
export function decideMembership(
  operations: MembershipOperation[],
  current: Map<string, Member>,
): MembershipDelta {
  const final = new Map(current);
  for (const operation of operations) {
    if (operation.op === 'clear' || operation.op === 'set') final.clear();
    if (operation.op === 'add' || operation.op === 'set') {
      for (const member of operation.members) final.set(member.id, member);
    }
    if (operation.op === 'remove') for (const id of operation.ids) final.delete(id);
  }
  return {
    added: [...final.values()].filter(({ id }) => !current.has(id)),
    removed: [...current.values()].filter(({ id }) => !final.has(id)),
  };
}
