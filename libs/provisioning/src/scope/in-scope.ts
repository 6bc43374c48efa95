import { matches, parseFilter, resolve, type ResolvedFilter, type ResourceType } from '@rollcall/scim';
import { type Scope, scopeByType, type TypeScope } from './scope.js';

export interface CompiledScope {
  users: CompiledTypeScope;
  groups: CompiledTypeScope;
}

export interface CompiledTypeScope {
  rule?: ResolvedFilter;
  ruleText?: string;
  groups?: ReadonlySet<string>;
}

export type ScopeAnswer = { inScope: true } | { inScope: false; reason: string };

/** Throws ScimError invalidFilter when a rule cannot be read. */
export function compileScope(
  scope: Scope,
  types: { User: ResourceType; Group: ResourceType },
): CompiledScope {
  const { users, groups } = scopeByType(scope);
  return { users: compileTypeScope(users, types.User), groups: compileTypeScope(groups, types.Group) };
}

function compileTypeScope({ rule, groups }: TypeScope, type: ResourceType): CompiledTypeScope {
  return {
    ...(rule && { rule: resolve(parseFilter(rule), type), ruleText: rule }),
    ...(groups && { groups: new Set(groups) }),
  };
}

/**
 * @param search the user's search document
 * @param memberOf those of the scope's groups the user is in, be it through groups in them
 */
export function userInScope(
  { users: { rule, ruleText, groups } }: CompiledScope,
  search: Record<string, unknown>,
  memberOf: readonly string[],
): ScopeAnswer {
  if (groups && !memberOf.some((id) => groups.has(id))) {
    return { inScope: false, reason: 'The user is not a member of any group of the scope.' };
  }
  if (rule && !matches(rule, search)) {
    return { inScope: false, reason: `The user does not match the scope rule ${ruleText}.` };
  }
  return { inScope: true };
}

/** @param search the group's search document */
export function groupInScope(
  { groups: { rule, ruleText, groups } }: CompiledScope,
  groupId: string,
  search: Record<string, unknown>,
): ScopeAnswer {
  if (groups && !groups.has(groupId)) {
    return { inScope: false, reason: 'The group is not among the groups of the scope.' };
  }
  if (rule && !matches(rule, search)) {
    return { inScope: false, reason: `The group does not match the scope rule ${ruleText}.` };
  }
  return { inScope: true };
}
