import type { SubjectType } from '@rollcall/connectors';
import { type Protection, protectedObject, protectedValue } from '../matching/protection.js';
import type { Answers } from './facts.js';
import {
  type Action,
  type CompiledMapping,
  isQuestion,
  noReferences,
  type Plan,
  type TargetObject,
} from './plan.js';
import { refuseMapping } from './refuse-mapping.js';

/**
 * The last word on every plan: what is protected is not touched, whatever led to the plan, and nobody is given a
 * value that marks what is protected.
 */
export function guard(
  type: SubjectType,
  plan: Plan,
  subjectId: string | undefined,
  account: TargetObject | undefined,
  { protection }: CompiledMapping,
  { match, observed }: Answers,
): Plan {
  const touches = isDoing(plan) || (plan.action === 'none' && plan.letGo === true);
  const thing = type === 'user' ? 'account' : 'group';
  if (subjectId !== undefined && protection.subjectIds.has(subjectId)) {
    const concerned = touches || isQuestion(plan) || plan.action === 'refuse';
    return concerned ? untouched(plan, `This ${type} is protected: nothing is done at the target.`) : plan;
  }
  if (match?.kind === 'one' && !account) {
    const why = protectedObject(protection, match.object.id, match.object.attributes);
    if (why !== undefined) {
      return untouched(plan, `The ${thing} ${match.object.id} matches and is protected: ${why}.`, 'adopt');
    }
  }
  if (account && touches) {
    const why = protectedObject(protection, account.remoteId, { ...account.written, ...observed });
    if (why !== undefined) return untouched(plan, `The ${thing} ${account.remoteId} is protected: ${why}.`);
    if (protection.unmapped.length > 0 && !observed) return { action: 'observe', remoteId: account.remoteId };
  }
  return isDoing(plan) && protection.attributes.length > 0
    ? withoutProtectedValues(type, protection, plan)
    : plan;
}

function withoutProtectedValues(type: SubjectType, protection: Protection, doing: Doing): Plan {
  const thing = type === 'user' ? 'account' : 'group';
  const taken = doing.changes.flatMap(({ attribute, to }) => {
    const why = to === undefined ? undefined : protectedValue(protection, attribute, to);
    return why === undefined
      ? []
      : [{ attribute, message: `Only a protected ${thing} may have this value: ${why}.` }];
  });
  if (taken.length === 0) return doing;
  if (doing.action === 'create') return untouched(doing, taken[0]!.message);
  const changes = doing.changes.filter(
    (change) => !taken.some(({ attribute }) => attribute === change.attribute),
  );
  const problems = [...(doing.problems ?? []), ...taken];
  if (doing.action === 'update' && changes.length === 0) {
    return refuseMapping(type, problems, 'update', doing.references);
  }
  return { ...doing, changes, problems };
}

type Doing = Extract<Plan, { changes: unknown }>;

function isDoing(plan: Plan): plan is Doing {
  return 'changes' in plan;
}

function untouched(plan: Plan, text: string, action?: Action): Plan {
  const withheld = action ?? (isDoing(plan) ? plan.action : undefined);
  const references = isDoing(plan) ? plan.references : noReferences;
  return { action: 'none', reason: { code: 'protected', text }, ...(withheld && { withheld }), references };
}
