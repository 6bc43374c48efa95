import { isObject } from '@rollcall/scim';
import type { TargetAttribute } from '../../contract.js';

const types = [
  'string',
  'boolean',
  'integer',
  'decimal',
  'dateTime',
  'reference',
  'binary',
  'complex',
] as const;
const mutabilities = ['readOnly', 'readWrite', 'immutable', 'writeOnly'] as const;

/**
 * The attributes of a schema definition (RFC 7643 section 7) under the paths a mapping uses: complex ones by
 * sub-attribute, lists of typed values by type as far as the schema names types.
 */
export function targetAttributes(schema: Record<string, unknown>, core: string): TargetAttribute[] {
  const prefix = String(schema.id).toLowerCase() === core.toLowerCase() ? '' : `${String(schema.id)}:`;
  return definitions(schema.attributes).flatMap((attribute) => flatten(attribute, prefix));
}

function flatten(attribute: Record<string, unknown>, prefix: string): TargetAttribute[] {
  const name = `${prefix}${String(attribute.name)}`;
  const subs = definitions(attribute.subAttributes);
  if (attribute.type !== 'complex' || subs.length === 0) return [describe(attribute, name)];
  if (attribute.multiValued !== true)
    return subs.map((sub) => describe(sub, `${name}.${String(sub.name)}`, attribute));
  const kinds: unknown = subs.find((sub) => sub.name === 'type')?.canonicalValues;
  const whole = describe(attribute, name);
  if (!Array.isArray(kinds) || kinds.length === 0 || attribute.mutability === 'readOnly') return [whole];
  const values = subs.filter((sub) => sub.name !== 'type');
  return [
    whole,
    ...kinds.flatMap((kind) =>
      values.map((sub) =>
        describe(sub, `${name}[type eq ${JSON.stringify(kind)}].${String(sub.name)}`, attribute),
      ),
    ),
  ];
}

/** A sub-attribute of something optional is optional; one of something read-only is read-only. */
function describe(
  definition: Record<string, unknown>,
  name: string,
  parent?: Record<string, unknown>,
): TargetAttribute {
  const canonical: unknown = definition.canonicalValues;
  const values = Array.isArray(canonical) ? canonical.filter((value) => typeof value === 'string') : [];
  const mutability = parent?.mutability === 'readOnly' ? 'readOnly' : definition.mutability;
  return {
    name,
    type: oneOf(types, definition.type, 'string'),
    multiValued: definition.multiValued === true,
    required: definition.required === true && (parent === undefined || parent.required === true),
    caseExact: definition.caseExact === true,
    mutability: oneOf(mutabilities, mutability, 'readWrite'),
    unique: definition.uniqueness === 'server' || definition.uniqueness === 'global',
    ...(values.length > 0 && { canonicalValues: values }),
  };
}

const oneOf = <T extends string>(known: readonly T[], value: unknown, otherwise: T): T =>
  known.find((each) => each.toLowerCase() === String(value).toLowerCase()) ?? otherwise;

function definitions(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.filter(isObject).filter(({ name }) => typeof name === 'string') : [];
}
