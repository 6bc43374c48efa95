import type { AttributeMapping, AttributeValue } from '@rollcall/connectors';
import { readPath, type ResourceType, userType } from '@rollcall/scim';

export type Resource = Record<string, unknown>;

export interface Mapped {
  /** Undefined: the source has no value, so the target should have none. */
  value: AttributeValue | undefined;
  apply: 'always' | 'create';
}

export interface MappedAttributes {
  values: Map<string, Mapped>;
  /** References whose object has no account at the target yet: their attributes are left as they are. */
  parked: { attribute: string; subjectId: string }[];
}

/** Hub ids the resource refers to through mapped references, resolved or not. */
export function referencedIds(
  mappings: AttributeMapping[],
  resource: Resource,
  type: ResourceType = userType,
): string[] {
  const ids = mappings
    .filter(({ kind }) => kind === 'reference')
    .map((mapping) => referencedId(mapping, resource, type))
    .filter((id) => id !== undefined);
  return [...new Set(ids)];
}

/** @param remoteIds the target's ids by hub id, of the objects that exist at the target */
export function mapAttributes(
  mappings: AttributeMapping[],
  resource: Resource,
  remoteIds: ReadonlyMap<string, string>,
  type: ResourceType = userType,
): MappedAttributes {
  const values = new Map<string, Mapped>();
  const parked: MappedAttributes['parked'] = [];
  for (const mapping of mappings) {
    if (mapping.kind === 'reference') {
      const subjectId = referencedId(mapping, resource, type);
      const value = subjectId === undefined ? undefined : remoteIds.get(subjectId);
      if (subjectId !== undefined && value === undefined)
        parked.push({ attribute: mapping.target, subjectId });
      else values.set(mapping.target, { value, apply: mapping.apply });
    } else {
      values.set(mapping.target, { value: mappedValue(mapping, resource, type), apply: mapping.apply });
    }
  }
  return { values, parked };
}

function mappedValue(
  mapping: AttributeMapping,
  resource: Resource,
  type: ResourceType,
): AttributeValue | undefined {
  if (mapping.constant !== undefined) return mapping.constant;
  const value = mapping.source === undefined ? undefined : readPath(resource, mapping.source, type);
  if (value === undefined || value === null) return mapping.default;
  return value as AttributeValue;
}

function referencedId(mapping: AttributeMapping, resource: Resource, type: ResourceType): string | undefined {
  const value = mapping.source === undefined ? undefined : readPath(resource, mapping.source, type);
  const id = typeof value === 'object' && value !== null ? (value as { value?: unknown }).value : value;
  return typeof id === 'string' && id !== '' ? id : undefined;
}
