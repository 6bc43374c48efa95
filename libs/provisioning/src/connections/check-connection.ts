import type {
  AttributeMapping,
  ConnectorModule,
  Mappings,
  ObjectMapping,
  SubjectType,
} from '@rollcall/connectors';
import { groupType, parseFilter, readPath, resolve, ScimError, userType } from '@rollcall/scim';
import type { PolicyInput } from '../plan/policy.js';
import type { Scope } from '../scope/scope.js';
import { checkAgainstSchema } from './check-against-schema.js';
import { mappingsSchema, policySchema, scopeSchema } from './configuration-schema.js';
import type { FieldError } from './connection.errors.js';

export interface ConnectionParts {
  name?: string;
  settings?: Record<string, unknown>;
  credentials?: Record<string, unknown>;
  mappings?: Mappings | null;
  scope?: Scope;
  policy?: PolicyInput;
}

/** Everything that is wrong with the given parts, by field. Parts that are not given are not looked at. */
export function checkConnection(module: ConnectorModule, parts: ConnectionParts): FieldError[] {
  const { manifest } = module;
  return [
    ...(parts.name === undefined ? [] : checkName(parts.name)),
    ...(parts.settings === undefined
      ? []
      : checkAgainstSchema('settings', manifest.settingsSchema, parts.settings)),
    ...(parts.credentials === undefined
      ? []
      : checkAgainstSchema('credentials', manifest.credentialsSchema, parts.credentials)),
    ...(parts.mappings === undefined || parts.mappings === null ? [] : checkMappings(module, parts.mappings)),
    ...(parts.scope === undefined ? [] : checkScope(parts.scope)),
    ...(parts.policy === undefined ? [] : checkAgainstSchema('policy', policySchema, parts.policy)),
  ];
}

function checkName(name: unknown): FieldError[] {
  const length = typeof name === 'string' ? name.trim().length : 0;
  if (length >= 1 && length <= 200) return [];
  return [{ field: 'name', message: 'must have 1 to 200 characters.' }];
}

function checkScope(scope: Scope): FieldError[] {
  const errors = checkAgainstSchema('scope', scopeSchema, scope);
  if (errors.length > 0 || scope.rule === undefined) return errors;
  return attempt('scope.rule', () => resolve(parseFilter(scope.rule!), userType));
}

function checkMappings(module: ConnectorModule, mappings: Mappings): FieldError[] {
  const errors = checkAgainstSchema('mappings', mappingsSchema, mappings);
  if (errors.length > 0) return errors;
  return [
    ...checkObjectMapping(module, 'user', 'mappings.users', mappings.users),
    ...(mappings.groups ? checkObjectMapping(module, 'group', 'mappings.groups', mappings.groups) : []),
  ];
}

function checkObjectMapping(
  module: ConnectorModule,
  type: SubjectType,
  field: string,
  { matching, attributes }: ObjectMapping,
): FieldError[] {
  const targets = attributes.map(({ target }) => target);
  return [
    ...matching.flatMap(({ source, target }, at) => [
      ...checkSource(type, `${field}.matching.${at}.source`, source),
      ...checkTarget(module, type, `${field}.matching.${at}.target`, target),
    ]),
    ...attributes.flatMap((mapping, at) => [
      ...checkValueSource(`${field}.attributes.${at}`, mapping),
      ...(mapping.source ? checkSource(type, `${field}.attributes.${at}.source`, mapping.source) : []),
      ...checkTarget(module, type, `${field}.attributes.${at}.target`, mapping.target),
      ...(targets.indexOf(mapping.target) === at
        ? []
        : [
            {
              field: `${field}.attributes.${at}.target`,
              message: 'is mapped twice: keep one of the two lines.',
            },
          ]),
    ]),
  ];
}

function checkValueSource(field: string, mapping: AttributeMapping): FieldError[] {
  const sources = Number(mapping.source !== undefined) + Number(mapping.constant !== undefined);
  if (sources !== 1) return [{ field, message: 'needs either a source or a constant, and not both.' }];
  if (mapping.kind === 'reference' && mapping.source === undefined) {
    return [{ field: `${field}.source`, message: 'is missing: a reference is read from the source.' }];
  }
  return [];
}

function checkSource(type: SubjectType, field: string, source: string): FieldError[] {
  return attempt(field, () => readPath({}, source, type === 'user' ? userType : groupType));
}

function checkTarget(
  module: ConnectorModule,
  type: SubjectType,
  field: string,
  target: string,
): FieldError[] {
  const message = module.checkAttribute?.(type, target);
  return message === undefined ? [] : [{ field, message }];
}

function attempt(field: string, read: () => unknown): FieldError[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ScimError) return [{ field, message: error.detail }];
    throw error;
  }
}
