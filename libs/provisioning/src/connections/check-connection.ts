import type { ConnectorModule, Discovery, Mappings } from '@rollcall/connectors';
import { isObject, parseFilter, resolve, type ResourceType, ScimError } from '@rollcall/scim';
import type { PolicyInput } from '../plan/policy.js';
import { membershipInRule } from '../scope/membership-in-rule.js';
import { rulesOf, type Scope } from '../scope/scope.js';
import { checkAgainstSchema } from './check-against-schema.js';
import { checkMappings, type SourceTypes, standardTypes } from './check-mappings.js';
import { policySchema, scopeByTypeSchema, scopeSchema } from './configuration-schema.js';
import type { FieldError } from './connection.errors.js';

export interface ConnectionParts {
  name?: string;
  settings?: Record<string, unknown>;
  credentials?: Record<string, unknown>;
  mappings?: Mappings | null;
  scope?: Scope;
  policy?: PolicyInput;
}

/**
 * Everything that is wrong with the given parts, by field. Parts that are not given are not looked at.
 * @param discovery what the target says of itself, where it is known
 */
export async function checkConnection(
  module: ConnectorModule,
  parts: ConnectionParts,
  types: SourceTypes = standardTypes,
  discovery?: Discovery,
): Promise<FieldError[]> {
  const { manifest } = module;
  const { name, settings, credentials, mappings, scope, policy } = parts;
  const shape = [
    ...(settings === undefined ? [] : checkAgainstSchema('settings', manifest.settingsSchema, settings)),
    ...(credentials === undefined
      ? []
      : checkAgainstSchema('credentials', manifest.credentialsSchema, credentials)),
  ];
  return [
    ...(name === undefined ? [] : checkName(name)),
    ...(shape.length > 0 ? shape : (module.check?.({ settings, credentials }) ?? [])),
    ...(mappings ? await checkMappings(module, mappings, types, discovery) : []),
    ...(scope === undefined ? [] : checkScope(scope, types)),
    ...(policy === undefined ? [] : checkPolicy(policy)),
  ];
}

function checkName(name: unknown): FieldError[] {
  const length = typeof name === 'string' ? name.trim().length : 0;
  if (length >= 1 && length <= 200) return [];
  return [{ field: 'name', message: 'must have 1 to 200 characters.' }];
}

function checkScope(scope: Scope, types: SourceTypes): FieldError[] {
  const schema = isObject(scope) && isObject(scope.groups) ? scopeByTypeSchema : scopeSchema;
  const errors = checkAgainstSchema('scope', schema, scope);
  if (errors.length > 0) return errors;
  if (scope.users && scope.rule !== undefined) {
    return [{ field: 'scope.rule', message: 'cannot stand beside users: write it as users.rule.' }];
  }
  if (scope.users && Array.isArray(scope.groups)) {
    const message = 'a list cannot stand beside users: write users.groups, and groups.groups for groups.';
    return [{ field: 'scope.groups', message }];
  }
  return rulesOf(scope).flatMap(({ field, type, rule }) => checkRule(field, rule, type, types[type]));
}

function checkRule(
  field: string,
  rule: string,
  type: 'user' | 'group',
  resourceType: ResourceType,
): FieldError[] {
  let named: string | undefined;
  const errors = attempt(field, () => {
    named = membershipInRule(resolve(parseFilter(rule), resourceType), type);
  });
  if (named === undefined) return errors;
  const instead = type === 'user' ? 'name the groups in the scope instead' : 'name the groups themselves';
  return [{ field, message: `${named} cannot be asked for in a scope rule: ${instead}.` }];
}

function checkPolicy(policy: PolicyInput): FieldError[] {
  const errors = checkAgainstSchema('policy', policySchema, policy);
  if (errors.length > 0) return errors;
  return (policy.protected ?? []).flatMap((rule, at) => {
    const parts = Object.keys(rule).toSorted().join(' and ');
    if (protectedForms.has(parts)) return [];
    const message = 'needs attribute with value or pattern, or remoteId, or subjectId, and nothing else.';
    return [{ field: `policy.protected.${at}`, message }];
  });
}

const protectedForms = new Set(['attribute and value', 'attribute and pattern', 'remoteId', 'subjectId']);

function attempt(field: string, read: () => unknown): FieldError[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ScimError) return [{ field, message: error.detail }];
    throw error;
  }
}
