import type { AttributeMapping, AttributeValue } from '@rollcall/connectors';
import { isEmpty, readPath, type ResourceType, userType } from '@rollcall/scim';
import { type Evaluated, nothingEvaluated } from './evaluate-expressions.js';
import type { MappingProblem } from './mapping.errors.js';

export type Resource = Record<string, unknown>;

export interface Mapped {
  /** Undefined: there is no value, so the target should have none. */
  value: AttributeValue | undefined;
  /** Instead of a value: the first of these that nobody has at the target. */
  candidates?: string[];
  apply: 'always' | 'create';
  ordered?: boolean;
}

export interface MappedAttributes {
  values: Map<string, Mapped>;
  /** References whose object has no account at the target yet: their attributes are left as they are. */
  parked: { attribute: string; subjectId: string }[];
  /** Attributes whose mapping failed: they are left as they are, and are not among the values. */
  problems: MappingProblem[];
}

/** Hub ids the resource refers to through mapped references, resolved or not. */
export function referencedIds(
  mappings: AttributeMapping[],
  resource: Resource,
  type: ResourceType = userType,
): string[] {
  const ids = mappings
    .filter(({ kind }) => kind === 'reference')
    .flatMap((mapping) => referenced(mapping, resource, type).ids);
  return [...new Set(ids)];
}

/**
 * @param remoteIds the target's ids by hub id, of the objects that exist at the target
 * @param evaluated what the mappings' expressions make of this resource
 */
export function mapAttributes(
  mappings: AttributeMapping[],
  resource: Resource,
  remoteIds: ReadonlyMap<string, string>,
  type: ResourceType = userType,
  evaluated: Evaluated = nothingEvaluated,
): MappedAttributes {
  const mapped: MappedAttributes = { values: new Map(), parked: [], problems: [] };
  for (const mapping of mappings) {
    const { target: attribute, apply, ordered } = mapping;
    const put = (value: AttributeValue | undefined, candidates?: string[]) => {
      const filled = isEmpty(value) ? mapping.default : value;
      if (filled === undefined && !candidates && mapping.whenEmpty === 'leave') return;
      mapped.values.set(attribute, {
        value: filled,
        apply,
        ...(candidates && { candidates }),
        ...(ordered && { ordered }),
      });
    };
    if (mapping.kind === 'reference') mapReference(mapping, resource, type, remoteIds, mapped, put);
    else if (mapping.expression === undefined) put(plainValue(mapping, resource, type));
    else {
      const evaluation = evaluated.get(mapping.expression);
      if (!evaluation) throw new Error(`The expression of ${attribute} was not evaluated before the plan`);
      if ('error' in evaluation) {
        mapped.problems.push({ attribute, message: evaluation.error.message });
      } else if ('value' in evaluation) {
        put(evaluation.value);
      } else {
        const candidates = evaluation.candidates.length > 0 ? evaluation.candidates : undefined;
        put(undefined, candidates);
      }
    }
  }
  return mapped;
}

function plainValue(
  { constant, source }: AttributeMapping,
  resource: Resource,
  type: ResourceType,
): AttributeValue | undefined {
  if (constant !== undefined) return constant;
  const value = source === undefined ? undefined : readPath(resource, source, type);
  return isEmpty(value) ? undefined : (value as AttributeValue);
}

function mapReference(
  mapping: AttributeMapping,
  resource: Resource,
  type: ResourceType,
  remoteIds: ReadonlyMap<string, string>,
  mapped: MappedAttributes,
  put: (value: AttributeValue | undefined) => void,
): void {
  const { ids, many } = referenced(mapping, resource, type);
  const known: string[] = [];
  for (const id of ids) {
    const remoteId = remoteIds.get(id);
    if (remoteId === undefined) mapped.parked.push({ attribute: mapping.target, subjectId: id });
    else known.push(remoteId);
  }
  // Of a list, those that are there are written and the others follow.
  if (many) put(known);
  else if (known.length === ids.length) put(known[0]);
}

function referenced(
  { source }: AttributeMapping,
  resource: Resource,
  type: ResourceType,
): { ids: string[]; many: boolean } {
  const value = source === undefined ? undefined : readPath(resource, source, type);
  const many = Array.isArray(value);
  const ids = (many ? (value as unknown[]) : [value]).flatMap((each) => {
    const id = typeof each === 'object' && each !== null ? (each as { value?: unknown }).value : each;
    return typeof id === 'string' && id !== '' ? [id] : [];
  });
  return { ids: [...new Set(ids)], many };
}
