import type { MatchingRule, RemoteObject } from '@rollcall/connectors';
import { readPath, type ResourceType, userType } from '@rollcall/scim';
import { type Evaluated, nothingEvaluated } from '../mapping/evaluate-expressions.js';
import type { MappingProblem } from '../mapping/mapping.errors.js';

export interface MatchKey {
  /** The target's attribute. */
  attribute: string;
  value: string;
}

export type Match =
  | { kind: 'none' }
  /** `leaver`: the user, deleted at the source since, whose account it was. */
  | { kind: 'one'; key: MatchKey; object: RemoteObject; leaver?: string }
  | { kind: 'many'; key: MatchKey; ids: string[] }
  /** The account found is the account of another subject already. */
  | { kind: 'taken'; key: MatchKey; remoteId: string; subjectId: string };

/**
 * What to look for, in the order of the rules. Rules whose source has no value are passed over. A rule that fails
 * is a problem: passing it over could make an account twice.
 */
export function matchKeys(
  rules: MatchingRule[],
  resource: Record<string, unknown>,
  type: ResourceType = userType,
  evaluated: Evaluated = nothingEvaluated,
): { keys: MatchKey[]; problem?: MappingProblem } {
  const keys: MatchKey[] = [];
  for (const { source, expression, target } of rules) {
    const evaluation = expression === undefined ? undefined : evaluated.get(expression);
    if (expression !== undefined && !evaluation) {
      throw new Error(`The expression that matches ${target} was not evaluated before the plan`);
    }
    if (evaluation && 'error' in evaluation) {
      return { keys: [], problem: { attribute: target, message: evaluation.error.message } };
    }
    const value =
      evaluation && 'value' in evaluation
        ? evaluation.value
        : source === undefined
          ? undefined
          : readPath(resource, source, type);
    if (typeof value === 'number' || (typeof value === 'string' && value !== '')) {
      keys.push({ attribute: target, value: String(value) });
    }
  }
  return { keys };
}

/** What one rule's search means. Undefined: nothing found, go on with the next rule. */
export function judgeHits(key: MatchKey, hits: RemoteObject[]): Match | undefined {
  const [first, ...others] = hits;
  if (!first) return undefined;
  if (others.length === 0) return { kind: 'one', key, object: first };
  return { kind: 'many', key, ids: hits.map(({ id }) => id) };
}
