import type { ResolvedFilter } from '@rollcall/scim';

/** What of a rule asks who is in which group: rules are held against the object alone, where that is not told. */
export function membershipInRule(rule: ResolvedFilter, type: 'user' | 'group'): string | undefined {
  const name = type === 'user' ? 'groups' : 'members';
  switch (rule.kind) {
    case 'and':
    case 'or':
      return rule.operands.map((operand) => membershipInRule(operand, type)).find((found) => found);
    case 'not':
      return membershipInRule(rule.operand, type);
    default:
      return rule.path.keys[0] === name ? rule.path.name : undefined;
  }
}
