import type { Action, Plan, Reason, ReferencePlan } from './plan.js';
import { noReferences } from './plan.js';

export const inLine: Reason = { code: 'in-line', text: 'The target is in line with the directory.' };

export function nothing(reason: Reason, references: ReferencePlan = noReferences): Plan {
  return { action: 'none', reason, references };
}

export function withheld(action: Action, references: ReferencePlan = noReferences): Plan {
  return {
    action: 'none',
    withheld: action,
    reason: {
      code: 'switched-off',
      text: `The action "${action}" is due and is switched off in the connection's policy.`,
    },
    references,
  };
}
