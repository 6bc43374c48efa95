import type { Mappings, ObjectMapping } from '@rollcall/connectors';
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
}

/** Throws ScimError for a rule, ExpressionError for an expression that cannot be read. */
export function compileConfiguration({
  version,
  mappings,
  scope,
  policy,
}: ConfigurationInput): Configuration {
  return {
    version,
    users: compileMapping(mappings.users, policy),
    ...(mappings.groups && { groups: compileMapping(mappings.groups, policy) }),
    scope: compileScope(scope),
    policy: withDefaults(policy),
  };
}

function compileMapping({ matching, attributes }: ObjectMapping, policy: PolicyInput): CompiledMapping {
  const mapped = attributes.map(({ target }) => target);
  return {
    matching,
    attributes,
    expressions: compileExpressions([...matching, ...attributes]),
    protection: compileProtection(policy.protected ?? [], mapped),
  };
}
