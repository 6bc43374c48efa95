import type { MemberChange, SubjectType } from '@rollcall/connectors';

/** One membership that may differ between the directory and the target. */
export interface MemberPair {
  memberId: string;
  memberType: SubjectType;
  /** The directory says so now. */
  inDirectory: boolean;
  /** The member's id at the target, where it exists there. */
  remoteId?: string;
  /** The remote id this membership was last written under. */
  writtenAs?: string;
}

/** Each pair is in one of the lists, or in none when it did not fit. */
export interface MembersPlan<P extends MemberPair> {
  change: MemberChange;
  added: P[];
  removed: P[];
  /** Wanted, and the member is not at the target yet. */
  parked: P[];
  /** Nothing to do. */
  settled: P[];
}

/**
 * @param wanted false when the group is to be emptied of what the hub added
 * @param limit the most adds and removes in one call
 * @param unsure an earlier call may have been carried out unheard: what was written says nothing
 */
export function planMembers<P extends MemberPair>(
  pairs: P[],
  wanted: boolean,
  limit: number,
  unsure = false,
): MembersPlan<P> {
  const plan: MembersPlan<P> = {
    change: { add: [], remove: [] },
    added: [],
    removed: [],
    parked: [],
    settled: [],
  };
  const { add, remove } = plan.change;
  for (const pair of pairs) {
    const present = wanted && pair.inDirectory;
    const there = pair.writtenAs ?? (unsure ? pair.remoteId : undefined);
    const stale = there !== undefined && (!present || there !== pair.remoteId);
    const missing = present && pair.remoteId !== undefined && (unsure || pair.writtenAs !== pair.remoteId);
    const changes = add.length + remove.length;
    // The first pair always fits: replacing an id takes two changes, and a target may allow one a call.
    if (changes > 0 && changes + Number(stale) + Number(missing) > limit) continue;
    if (stale) remove.push({ id: there, type: pair.memberType });
    if (missing) add.push({ id: pair.remoteId!, type: pair.memberType });
    if (missing) plan.added.push(pair);
    else if (present && pair.remoteId === undefined) plan.parked.push(pair);
    else if (stale) plan.removed.push(pair);
    else plan.settled.push(pair);
  }
  return plan;
}

/** The whole list after a change, for targets that take nothing else. */
export function membersAfter(current: readonly string[], { add, remove }: MemberChange): string[] {
  const next = new Set(current);
  for (const { id } of remove) next.delete(id);
  for (const { id } of add) next.add(id);
  return [...next];
}
