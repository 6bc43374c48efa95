import type { AttributeMapping, Attributes, AttributeValue, MatchingRule } from '@rollcall/connectors';
import type { ResourceType } from '@rollcall/scim';
import type { Expressions } from '../mapping/evaluate-expressions.js';
import type { MappingProblem } from '../mapping/mapping.errors.js';
import type { MatchKey } from '../matching/match.js';
import type { Protection } from '../matching/protection.js';
import type { CompiledScope } from '../scope/in-scope.js';
import type { Policy } from './policy.js';

/** A connection's configuration as the planner needs it. */
export interface Configuration {
  version: number;
  users: CompiledMapping;
  /** Undefined: the connection pushes no groups. */
  groups?: CompiledMapping;
  scope: CompiledScope;
  policy: Policy;
}

export interface CompiledMapping {
  /** What the tenant's users, or groups, have. */
  type: ResourceType;
  matching: MatchingRule[];
  attributes: AttributeMapping[];
  /** Of both: evaluated before a plan is made. */
  expressions: Expressions;
  protection: Protection;
}

/** A directory user as it is now. Deleted users are still given, with the time they left. */
export interface UserState {
  id: string;
  active: boolean;
  deletedAt?: Date;
  resource: Record<string, unknown>;
  search: Record<string, unknown>;
  /** Those of the scope's groups the user is in, be it through groups in them. */
  memberOf: string[];
}

export interface GroupState {
  id: string;
  deletedAt?: Date;
  resource: Record<string, unknown>;
  search: Record<string, unknown>;
}

/** What the hub knows of a subject at the connection. */
export interface TargetObject {
  remoteId: string;
  origin: 'created' | 'adopted';
  /** absent: it was there and is gone without our doing. deleted: we deleted it. Both mean no account. */
  state: 'active' | 'inactive' | 'absent' | 'deleted';
  /** By target attribute, what was last written there, or read there when the account was adopted. */
  written: Attributes;
  /** Since when the account has been on its way out, where the policy deletes leavers. */
  leavingSince?: Date;
  /** A person has cancelled the deletion of the account. */
  kept?: { note: string | null };
}

export interface AttributePlan {
  attribute: string;
  from?: AttributeValue;
  /** Absent: the attribute is cleared. */
  to?: AttributeValue;
}

export type Action = 'create' | 'update' | 'deactivate' | 'reactivate' | 'delete' | 'adopt';

export interface Reason {
  code:
    | 'in-line'
    | 'changed'
    | 'new'
    | 'found-at-target'
    | 'leaver-returned'
    | 'inactive-at-source'
    | 'active-at-source'
    | 'deleted-at-source'
    | 'out-of-scope'
    | 'never-provisioned'
    | 'kept'
    | 'groups-off'
    | 'switched-off'
    | 'protected'
    | 'no-active-attribute';
  text: string;
}

export type Plan =
  /** Look for an existing account by these keys first, then plan again with what was found. */
  | { action: 'match'; keys: MatchKey[] }
  /** Look at the account first, then plan again with what it has: something else may show that it is protected. */
  | { action: 'observe'; remoteId: string }
  /** Find the first of the values that nobody has there, for each attribute, then plan again with these. */
  | { action: 'choose'; choices: { attribute: string; candidates: string[] }[] }
  /** A person has to decide: nothing can be done as it stands. */
  | {
      action: 'refuse';
      code: string;
      attribute?: string;
      message: string;
      remedy: string;
      /** What it was that could not be done. */
      intended: Action;
      references?: ReferencePlan;
    }
  | {
      action: 'none';
      reason: Reason;
      /** What would be done if the policy allowed it. */
      withheld?: Action;
      leavingSince?: Date;
      nextDueAt?: Date;
      /** The account is no longer the hub's concern and is let go. */
      letGo?: boolean;
      references: ReferencePlan;
    }
  | {
      action: Action;
      reason: Reason;
      /** Of the account to adopt. */
      remoteId?: string;
      changes: AttributePlan[];
      /** The account's state once the plan has been carried out. */
      becomes: TargetObject['state'];
      leavingSince?: Date;
      nextDueAt?: Date;
      references: ReferencePlan;
      /** The leaver whose account is adopted: it is theirs no longer, and what was planned for them is off. */
      takenFrom?: string;
      /** What was found at the account to adopt. */
      observed?: Attributes;
      /** Attributes that are left as they are, since their mapping failed. */
      problems?: MappingProblem[];
    };

export interface ReferencePlan {
  /** Hub ids of every object the subject's mapped references name. */
  all: string[];
  /** Those that have no account at the target yet. */
  parked: string[];
}

export const noReferences: ReferencePlan = { all: [], parked: [] };

/** What has to be found out at the target before it can be said what to do. */
export type Question = Extract<Plan, { action: 'match' | 'observe' | 'choose' }>;

export function isQuestion(plan: Plan): plan is Question {
  return plan.action === 'match' || plan.action === 'observe' || plan.action === 'choose';
}
