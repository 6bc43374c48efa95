import type { Mappings, ObjectMapping } from '@rollcall/connectors';
import { type ResourceType, standardTypes, type TypesByName } from '@rollcall/scim';
import { compileExpressions } from '../mapping/evaluate-expressions.js';
import { compileProtection } from '../matching/protection.js';
import { compileScope } from '../scope/in-scope.js';
import type { Scope } from '../scope/scope.js';
import type { CompiledMapping, Configuration } from './plan.js';
import { type PolicyInput, withDefaults } from './policy.js';

export interface ConfigurationInput {
  version: number;
  mappings: Mappings;
  scope: Scope;
  policy: PolicyInput;
  /** Left out: the standard's. */
  types?: TypesByName;
}

/** Throws ScimError for a rule, ExpressionError for an expression that cannot be read. */
export function compileConfiguration({
  version,
  mappings,
  scope,
  policy,
  types = standardTypes,
}: ConfigurationInput): Configuration {
  return {
    version,
    users: compileMapping(mappings.users, policy, types.User),
    ...(mappings.groups && { groups: compileMapping(mappings.groups, policy, types.Group) }),
    scope: compileScope(scope, types),
    policy: withDefaults(policy),
  };
}

function compileMapping(
  { matching, attributes }: ObjectMapping,
  policy: PolicyInput,
  type: ResourceType,
): CompiledMapping {
  const mapped = attributes.map(({ target }) => target);
  return {
    type,
    matching,
    attributes,
    expressions: compileExpressions([...matching, ...attributes]),
    protection: compileProtection(policy.protected ?? [], mapped),
  };
}
