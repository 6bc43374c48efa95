import type { ProtectedRule } from '../matching/protection.js';

/** What a connection may do, and what it does about leavers. */
export interface Policy {
  users: UserPolicy;
  groups: GroupPolicy;
  push: PushPolicy;
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
  onDeletedAtSource: 'delete' | 'keep';
  onOutOfScope: 'delete' | 'keep';
}

export interface PushPolicy {
  /** Calls to the target at once, in each worker process. */
  concurrency: number;
  /** Attempts for one object before it becomes a dead letter. */
  attempts: number;
}

/** Any part may be left out; what is left out has its default. */
export interface PolicyInput {
  users?: Partial<UserPolicy>;
  groups?: Partial<GroupPolicy>;
  push?: Partial<PushPolicy>;
  protected?: ProtectedRule[];
}

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
    onDeletedAtSource: 'delete',
    onOutOfScope: 'keep',
  },
  push: { concurrency: 8, attempts: 10 },
  protected: [],
};

export function withDefaults(policy: PolicyInput): Policy {
  return {
    users: { ...defaultPolicy.users, ...policy.users },
    groups: { ...defaultPolicy.groups, ...policy.groups },
    push: { ...defaultPolicy.push, ...policy.push },
    protected: policy.protected ?? [],
  };
}
