import type { ProtectedRule } from '../matching/protection.js';

/** What a connection may do, and what it does about leavers. */
export interface Policy {
  users: UserPolicy;
  groups: GroupPolicy;
  push: PushPolicy;
  guard: GuardPolicy;
  quarantine: QuarantinePolicy;
  /** Never created over, adopted, updated, deactivated or deleted: service accounts, break-glass administrators. */
  protected: ProtectedRule[];
}

export interface UserPolicy {
  create: boolean;
  update: boolean;
  deactivate: boolean;
  delete: boolean;
  /** The source says active = false. */
  onDeactivated: 'deactivate' | 'keep';
  onDeletedAtSource: Leaving;
  onOutOfScope: Leaving;
  /** How long an account that is to be deleted stays deactivated first. 0: deleted at once. */
  deleteAfterHours: number;
}

export type Leaving = 'deactivate' | 'delete' | 'keep';

export interface GroupPolicy {
  enabled: boolean;
  create: boolean;
  update: boolean;
  /** Only ever of groups the hub created at the target. */
  delete: boolean;
  members: boolean;
  /** Whom a group has there: its own members, or the users of the groups in it as well and no groups. */
  membership: 'direct' | 'effective';
  onDeletedAtSource: 'delete' | 'keep';
  onOutOfScope: 'delete' | 'keep';
}

export interface PushPolicy {
  /** Calls to the target a second, of all worker processes together. Left out: as many as the app is known to take. */
  requestsPerSecond?: number;
  /** Calls to the target at once, of all worker processes together. */
  concurrency: number;
  /** Attempts for one object before it becomes a dead letter. */
  attempts: number;
}

/** Which actions are held when there are too many of them; see docs/safety.md. */
export interface GuardPolicy {
  creates: GuardLimit;
  updates: GuardLimit;
  deactivations: GuardLimit;
  deletes: GuardLimit;
}

/** Above both numbers within the time, further operations of the action wait for a person. */
export interface GuardLimit {
  enabled: boolean;
  above: number;
  /** Of the connection's live accounts, or of its groups. */
  abovePercent: number;
  withinMinutes: number;
}

/** When a connection is stopped because its target fails: at least so many operations, that share of them failed. */
export interface QuarantinePolicy {
  enabled: boolean;
  failurePercent: number;
  atLeast: number;
  withinMinutes: number;
}

/** Any part may be left out; what is left out has its default. */
export interface PolicyInput {
  users?: Partial<UserPolicy>;
  groups?: Partial<GroupPolicy>;
  push?: Partial<PushPolicy>;
  guard?: { [action in keyof GuardPolicy]?: Partial<GuardLimit> };
  quarantine?: Partial<QuarantinePolicy>;
  protected?: ProtectedRule[];
}

const limit: GuardLimit = { enabled: true, above: 20, abovePercent: 10, withinMinutes: 60 };

export const defaultPolicy: Policy = {
  users: {
    create: true,
    update: true,
    deactivate: true,
    delete: true,
    onDeactivated: 'deactivate',
    onDeletedAtSource: 'deactivate',
    onOutOfScope: 'deactivate',
    deleteAfterHours: 720,
  },
  groups: {
    enabled: true,
    create: true,
    update: true,
    delete: true,
    members: true,
    membership: 'direct',
    onDeletedAtSource: 'delete',
    onOutOfScope: 'keep',
  },
  push: { concurrency: 8, attempts: 10 },
  guard: {
    creates: { ...limit, enabled: false },
    updates: { ...limit, enabled: false },
    deactivations: limit,
    deletes: limit,
  },
  quarantine: { enabled: true, failurePercent: 60, atLeast: 20, withinMinutes: 10 },
  protected: [],
};

export function withDefaults(policy: PolicyInput): Policy {
  return {
    users: { ...defaultPolicy.users, ...policy.users },
    groups: { ...defaultPolicy.groups, ...policy.groups },
    push: { ...defaultPolicy.push, ...policy.push },
    guard: {
      creates: { ...defaultPolicy.guard.creates, ...policy.guard?.creates },
      updates: { ...defaultPolicy.guard.updates, ...policy.guard?.updates },
      deactivations: { ...defaultPolicy.guard.deactivations, ...policy.guard?.deactivations },
      deletes: { ...defaultPolicy.guard.deletes, ...policy.guard?.deletes },
    },
    quarantine: { ...defaultPolicy.quarantine, ...policy.quarantine },
    protected: policy.protected ?? [],
  };
}
