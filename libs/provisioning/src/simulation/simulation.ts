import type { SubjectType } from '@rollcall/connectors';
import type { Draft } from '../connections/open-connection.js';
import type { GuardedAction } from '../guard/guard.decide.js';
import type { AttributePlan } from '../plan/plan.js';

export const simulationStates = ['queued', 'running', 'done', 'cancelled', 'failed'] as const;
export type SimulationState = (typeof simulationStates)[number];

/** What a plan comes to: create, update, deactivate, reactivate, delete, adopt, none, or refuse. */
export type Outcome = string;

export interface Simulation {
  id: string;
  connectionId: string;
  state: SimulationState;
  draft: Draft;
  /** Of the saved configuration it is compared with. */
  baseVersion: number;
  actor: string;
  /** Users and groups to look at; null while that is not known. */
  total: number | null;
  done: number;
  error: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  result: SimulationResult;
}

/** So far, until it is done. */
export interface SimulationResult {
  /** How many come to what, by the draft and by the saved configuration. */
  draft: ByType<Record<Outcome, number>>;
  live: ByType<Record<Outcome, number>>;
  /** Whose outcome is another by the draft, or the same with other values. */
  differ: ByType<number>;
  /** From what to what: {"none > deactivate": 400}. */
  transitions: ByType<Record<string, number>>;
  /** By the draft, why: {"deactivate": {"out-of-scope": 400}}. */
  reasons: ByType<Record<Outcome, Record<string, number>>>;
  /** By the draft, how many of whom an attribute would be written or cleared. */
  attributes: ByType<Record<string, { set: number; cleared: number }>>;
  /** Once all are looked at: members of groups that would be added, once they have accounts, and removed. */
  memberships?: { add: number; remove: number };
  /** Once all are looked at: what the guard on volume would hold. */
  wouldBeHeld?: WouldBeHeld[];
  /** Subjects kept with their values, by type and outcome. */
  kept: Record<string, number>;
}

export interface ByType<T> {
  user: T;
  group: T;
}

export interface WouldBeHeld {
  action: GuardedAction;
  subjectType: SubjectType;
  count: number;
  /** Accounts, or groups, the connection has there. */
  live: number;
  above: number;
  abovePercent: number;
  withinMinutes: number;
}

export interface SimulatedSubject {
  subject: { type: SubjectType; id: string; display: string | null };
  draft: Outcome;
  live: Outcome;
  differs: boolean;
  reason: string;
  liveReason: string;
  /** Of the first of each outcome. */
  changes: AttributePlan[] | null;
}
