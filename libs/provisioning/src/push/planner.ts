import { groupType } from '@rollcall/scim';
import { type Evaluated, evaluateExpressions } from '../mapping/evaluate-expressions.js';
import type { Answers } from '../plan/facts.js';
import { planGroup } from '../plan/plan-group.js';
import { planUser } from '../plan/plan-user.js';
import type { Configuration, Plan, TargetObject } from '../plan/plan.js';
import type { LoadedGroup, LoadedUser } from './load-subjects.js';

export interface Planner {
  /** What would be done, with what is known of the target and what was found there since. */
  plan(target: TargetObject | undefined, answers: Answers): Plan;
  /** What the mapping's expressions make of the subject. */
  evaluated: Evaluated;
}

/** Whatever asks what would be done for somebody asks this: pushing, previews, simulations, the guard. */
export async function plannerFor(
  loaded: LoadedUser | LoadedGroup,
  configuration: Configuration,
  remoteIds: ReadonlyMap<string, string>,
  now: Date,
): Promise<Planner> {
  if (loaded.type === 'user') {
    const { expressions, type } = configuration.users;
    const { user } = loaded;
    const evaluated = await evaluateExpressions(expressions, user?.resource, type, now);
    const facts = { now, remoteIds, expressions: evaluated };
    return {
      plan: (target, answers) => planUser(user, configuration, target, { ...facts, ...answers }),
      evaluated,
    };
  }
  const { group } = loaded;
  const { expressions = new Map(), type = groupType } = configuration.groups ?? {};
  const evaluated = await evaluateExpressions(expressions, group?.resource, type, now);
  const facts = { now, remoteIds: noIds, expressions: evaluated };
  return {
    plan: (target, answers) => planGroup(group, configuration, target, { ...facts, ...answers }),
    evaluated,
  };
}

/** Of a group only the members refer to others, and they are planned apart. */
const noIds: ReadonlyMap<string, string> = new Map();
