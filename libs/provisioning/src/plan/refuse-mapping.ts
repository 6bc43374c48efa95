import type { SubjectType } from '@rollcall/connectors';
import type { MappingProblem } from '../mapping/mapping.errors.js';
import type { Action, Plan, ReferencePlan } from './plan.js';

/** No account is made of half the values, and none is called in line while a value could not be worked out. */
export function refuseMapping(
  type: SubjectType,
  problems: MappingProblem[],
  intended: Action,
  references: ReferencePlan,
): Plan {
  const list = problems.map(({ attribute, message }) => `${attribute}: ${message}`).join(' ');
  return {
    action: 'refuse',
    code: 'mapping-failed',
    attribute: problems[0]!.attribute,
    message: `The mapping fails for this ${type}. ${list}`,
    remedy: `Correct the mapping, or the ${type} at the source; it can be tried out on this ${type}.`,
    intended,
    references,
  };
}
