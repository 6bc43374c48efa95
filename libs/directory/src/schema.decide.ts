import {
  type AttributeDefinition,
  checkBeside,
  checkCustomSchema,
  type CustomSchema,
  sameJson,
  sameKind,
  type SchemaProblem,
  standardSchemas,
} from '@rollcall/scim';
import { SchemaIsStandard, SchemaRefused, SchemaUnknown } from './schema.errors.js';
import type { SchemaEvent } from './schema.events.js';
import type { SchemasState } from './schema.evolve.js';
import type { ValuesOfAttribute } from './stored-values.js';

type Values = ReadonlyMap<string, ValuesOfAttribute>;

/** Throws SchemaRefused when a definition does not say what it must. */
export function readSchema(given: unknown): CustomSchema {
  const { schema, problems } = { schema: undefined, ...checkCustomSchema(given) };
  if (!schema) throw new SchemaRefused('invalid', problems);
  return schema;
}

/** Throws SchemaUnknown, SchemaIsStandard. URNs count regardless of case. */
export function schemaOf(state: SchemasState, urn: string): CustomSchema {
  const lower = urn.toLowerCase();
  if (standardSchemas.some(({ id }) => id.toLowerCase() === lower)) throw new SchemaIsStandard(urn);
  const found = state.schemas.find(({ id }) => id.toLowerCase() === lower);
  if (!found) throw new SchemaUnknown(urn);
  return found;
}

/** The schema with the given fields in the place of its own. Throws SchemaRefused. */
export function withChange(schema: CustomSchema, change: Record<string, unknown>): CustomSchema {
  const problems: SchemaProblem[] = [];
  for (const field of ['id', 'resourceType'] as const) {
    if (change[field] === undefined || change[field] === schema[field]) continue;
    const message =
      'cannot be changed: define another schema, move the attributes there, and delete this one.';
    problems.push({ field, message });
  }
  if (problems.length > 0) throw new SchemaRefused('invalid', problems);
  return readSchema({ ...schema, ...change });
}

export function defineSchema(state: SchemasState, schema: CustomSchema, values: Values): SchemaEvent[] {
  const beside = checkBeside(schema, state.schemas);
  if (beside.length > 0) throw new SchemaRefused('conflict', beside);
  refuse(unreadable(schema, [], values));
  return [{ type: 'schema.defined', payload: { schema } }];
}

export function changeSchema(state: SchemasState, schema: CustomSchema, values: Values): SchemaEvent[] {
  const before = schemaOf(state, schema.id);
  if (sameJson(before, schema)) return [];
  refuse([...otherKinds(before, schema, values), ...unreadable(schema, before.attributes, values)]);
  return [{ type: 'schema.changed', payload: { schema } }];
}

export function removeSchema(state: SchemasState, urn: string): SchemaEvent[] {
  return [{ type: 'schema.removed', payload: { schema: schemaOf(state, urn) } }];
}

function refuse(problems: SchemaProblem[]): void {
  if (problems.length > 0) throw new SchemaRefused('conflict', problems);
}

function otherKinds(before: CustomSchema, after: CustomSchema, values: Values): SchemaProblem[] {
  return after.attributes.flatMap((attribute, at) => {
    const old = named(before.attributes, attribute.name);
    const held = values.get(attribute.name.toLowerCase());
    if (!old || !held || isOfOneKind(old, attribute)) return [];
    const what = changedField(old, attribute);
    const message =
      `cannot change while ${count(held.held, after)} a value of ${attribute.name} (${held.example} for one). ` +
      'Give the attribute another name, or remove its values first.';
    return [{ field: `attributes.${at}.${what}`, message }];
  });
}

/** New attributes for which there are values already that cannot be read as the schema says. */
function unreadable(schema: CustomSchema, known: AttributeDefinition[], values: Values): SchemaProblem[] {
  return schema.attributes.flatMap((attribute, at) => {
    const held = values.get(attribute.name.toLowerCase());
    if (!held?.unfit || named(known, attribute.name)) return [];
    const message =
      `does not fit what came before it was defined: ${count(held.unfit, schema)} a value of ${attribute.name} ` +
      `that is no ${attribute.type} (${held.example} for one). Choose another type, or mend these values first.`;
    return [{ field: `attributes.${at}.type`, message }];
  });
}

function isOfOneKind(a: AttributeDefinition, b: AttributeDefinition): boolean {
  if (!sameKind(a, b)) return false;
  return (b.subAttributes ?? []).every((sub) => {
    const old = named(a.subAttributes ?? [], sub.name);
    return !old || sameKind(old, sub);
  });
}

function changedField(a: AttributeDefinition, b: AttributeDefinition): string {
  const field = (['type', 'multiValued', 'caseExact'] as const).find((key) => a[key] !== b[key]);
  return field ?? 'subAttributes';
}

function named(attributes: AttributeDefinition[], name: string): AttributeDefinition | undefined {
  return attributes.find((one) => one.name.toLowerCase() === name.toLowerCase());
}

function count(held: number, { resourceType }: CustomSchema): string {
  const kind = resourceType.toLowerCase();
  return held === 1 ? `1 ${kind} has` : `${held} ${kind}s have`;
}
