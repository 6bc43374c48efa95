import { matches, parseFilter, resolve, type ResolvedFilter, type ResourceType } from '@rollcall/scim';
import type { Scope } from './scope.js';

export interface CompiledScope {
  rule?: ResolvedFilter;
  ruleText?: string;
  groups?: ReadonlySet<string>;
}

export type ScopeAnswer = { inScope: true } | { inScope: false; reason: string };

/** Throws ScimError invalidFilter when the rule cannot be read. */
export function compileScope(scope: Scope, type: ResourceType): CompiledScope {
  return {
    ...(scope.rule && { rule: resolve(parseFilter(scope.rule), type), ruleText: scope.rule }),
    ...(scope.groups && { groups: new Set(scope.groups) }),
  };
}

/**
 * @param search the user's search document
 * @param memberOf those of the scope's groups the user is a direct member of
 */
export function userInScope(
  scope: CompiledScope,
  search: Record<string, unknown>,
  memberOf: readonly string[],
): ScopeAnswer {
  if (scope.groups && !memberOf.some((id) => scope.groups!.has(id))) {
    return { inScope: false, reason: 'The user is not a member of any group of the scope.' };
  }
  if (scope.rule && !matches(scope.rule, search)) {
    return { inScope: false, reason: `The user does not match the scope rule ${scope.ruleText}.` };
  }
  return { inScope: true };
}

export function groupInScope(scope: CompiledScope, groupId: string): ScopeAnswer {
  if (scope.groups && !scope.groups.has(groupId)) {
    return { inScope: false, reason: 'The group is not among the groups of the scope.' };
  }
  return { inScope: true };
}
