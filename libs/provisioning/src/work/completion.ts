import type { Append } from '@rollcall/event-store';
import type { MemberPair } from '../plan/plan-members.js';
import type { ReferencePlan, TargetObject } from '../plan/plan.js';
import type { OperationError } from '../report/operation.events.js';
import type { ItemHold } from '../guard/permit.js';
import type { ClaimedItem } from './claim.js';
import type { Made } from './made.js';

/** How a push ended, to be written in one transaction together with its neighbours. */
export interface Completion {
  item: ClaimedItem;
  /** due: at once or, with `dueAt`, later. */
  state: 'idle' | 'due' | 'retrying' | 'dead' | 'held' | 'denied';
  dueAt?: Date;
  attempts: number;
  error?: OperationError;
  /** Of what is given up: see causeOf. */
  cause?: string;
  /** Kept while an operation goes on being tried. */
  operationId?: string;
  lookFirst?: boolean;
  /** What was last reported as switched off, so that it is reported once. */
  skipped?: string;
  /** The change set it waits in, or is let out of by a person's word until it is done. */
  hold?: ItemHold;
  /** For the change set, of what is held. */
  holding?: { reason: string; attributes: string[] };
  /** It leaves the change set of its item. */
  holdEnded?: 'done' | 'withdrawn';
  target?: { before: TargetObject | undefined; after: TargetObject };
  /** The leaver whose account it was before. */
  takenFrom?: string;
  references?: ReferencePlan;
  members?: MembersWritten;
  /** Hub ids of members the target does not know although they were thought to be there. */
  gone?: string[];
  event?: Append;
  /** What was made there, for the case that the rest of this cannot be recorded. */
  made?: Made;
}

/** A membership as it was read: one that is marked again meanwhile has a higher revision and stays. */
export type DirtyPair = MemberPair & { revision: number };

export interface MembersWritten {
  added: DirtyPair[];
  removed: DirtyPair[];
  parked: DirtyPair[];
  settled: DirtyPair[];
  /** Looks at every member of the directory's group, groups in it counted or not, or at every one written. */
  markEvery?: 'member-of-directory' | 'effective-member' | 'member-written';
}

/** Where an item stands after its completion; 'lost' when its lease had gone to somebody else. */
export type Completed = 'idle' | 'due' | 'retrying' | 'dead' | 'held' | 'denied' | 'lost';
