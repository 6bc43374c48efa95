/**
 * Who is provisioned. Nothing given: everybody. Either `rule` and a list of `groups`, which is for users, or a
 * part of its own for each type.
 */
export interface Scope {
  /** A SCIM filter over the hub's users. */
  rule?: string;
  /** A list: hub ids of groups; who is in them, or in groups in them, is in scope, and of groups only these. */
  groups?: string[] | TypeScope;
  users?: TypeScope;
}

/** Of one type. Both parts given: both must hold. Neither: all of them. */
export interface TypeScope {
  /** A SCIM filter over the hub's objects of the type. */
  rule?: string;
  /** Hub ids. Users: those in these groups, or in groups in them. Groups: only these themselves. */
  groups?: string[];
}

/** What is asked of each type, however it is written. */
export function scopeByType(scope: Scope): { users: TypeScope; groups: TypeScope } {
  const { rule, groups, users } = scope;
  const listed = Array.isArray(groups) ? { groups } : {};
  return {
    users: users ?? { ...(rule !== undefined && { rule }), ...listed },
    groups: Array.isArray(groups) ? listed : (groups ?? {}),
  };
}

/** The rules and where each stands, for messages. */
export function rulesOf(scope: Scope): { field: string; type: 'user' | 'group'; rule: string }[] {
  const { users, groups } = scopeByType(scope);
  return [
    ...(users.rule === undefined
      ? []
      : [
          { field: scope.users ? 'scope.users.rule' : 'scope.rule', type: 'user' as const, rule: users.rule },
        ]),
    ...(groups.rule === undefined
      ? []
      : [{ field: 'scope.groups.rule', type: 'group' as const, rule: groups.rule }]),
  ];
}
