import type { Mappings } from '@rollcall/connectors';
import { compileScope } from '../scope/in-scope.js';
import type { Scope } from '../scope/scope.js';
import type { Configuration } from './plan.js';
import { type PolicyInput, withDefaults } from './policy.js';

export interface ConfigurationInput {
  version: number;
  mappings: Mappings;
  scope: Scope;
  policy: PolicyInput;
}

export function compileConfiguration({
  version,
  mappings,
  scope,
  policy,
}: ConfigurationInput): Configuration {
  return {
    version,
    users: mappings.users,
    groups: mappings.groups,
    scope: compileScope(scope),
    policy: withDefaults(policy),
  };
}
