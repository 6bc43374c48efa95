import type { Action } from '../plan/plan.js';
import type { GuardLimit, GuardPolicy } from '../plan/policy.js';

export type GuardedAction = Extract<Action, 'create' | 'update' | 'deactivate' | 'delete'>;

export interface GuardCounts {
  /** Objects the action was let through for within the window. */
  passed: number;
  /** Others it is due for now, this one included. */
  planned: number;
  /** Objects of the connection that live there, with those the action was let through for. */
  live: number;
}

/** Everything waits as soon as what was done and what is due come to more than both limits together. */
export function guardDecision({ passed, planned, live }: GuardCounts, limit: GuardLimit): 'pass' | 'hold' {
  const total = passed + planned;
  return limit.enabled && total > allowedOf(live, limit) ? 'hold' : 'pass';
}

/** How many operations of the action go through before a person is asked. */
export function allowedOf(live: number, { above, abovePercent }: GuardLimit): number {
  return Math.max(above, Math.floor((live * abovePercent) / 100));
}

/** Undefined: the action is never held. */
export function limitOf(policy: GuardPolicy, action: Action): GuardLimit | undefined {
  const part = parts[action as GuardedAction];
  return part && policy[part].enabled ? policy[part] : undefined;
}

const parts: { [action in GuardedAction]: keyof GuardPolicy } = {
  create: 'creates',
  update: 'updates',
  deactivate: 'deactivations',
  delete: 'deletes',
};
