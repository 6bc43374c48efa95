import type { Attributes } from '@rollcall/connectors';
import { isQuestion, type Plan, type TargetObject } from './plan.js';

/**
 * What the hub knows of the subject at the target once the plan has been carried out.
 * @param remoteId the id the target gave, for a plan that creates
 */
export function applyPlan(
  target: TargetObject | undefined,
  plan: Plan,
  remoteId?: string,
): TargetObject | undefined {
  if (isQuestion(plan) || plan.action === 'refuse') return target;
  if (plan.action === 'none') {
    if (!target) return undefined;
    return {
      ...target,
      leavingSince: plan.leavingSince,
      ...(plan.letGo && { state: 'absent', written: {} }),
    };
  }
  const before = plan.action === 'adopt' ? plan.observed! : plan.action === 'create' ? {} : target!.written;
  return {
    remoteId: plan.remoteId ?? remoteId ?? target!.remoteId,
    origin: plan.action === 'adopt' ? 'adopted' : plan.action === 'create' ? 'created' : target!.origin,
    state: plan.becomes,
    written: plan.action === 'delete' ? {} : writtenAfter(before, plan.changes),
    leavingSince: plan.leavingSince,
  };
}

function writtenAfter(
  before: Attributes,
  changes: { attribute: string; to?: Attributes[string] }[],
): Attributes {
  const written = { ...before };
  for (const { attribute, to } of changes) {
    if (to === undefined) delete written[attribute];
    else written[attribute] = to;
  }
  return written;
}
