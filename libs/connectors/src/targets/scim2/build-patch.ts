import { patchOpUrn, readPath } from '@rollcall/scim';
import type { AttributeChange, AttributeValue, SubjectType } from '../../contract.js';
import {
  attributeOf,
  elementOf,
  elementWith,
  parseAttributePath,
  resourceTypes,
  type AttributePath,
} from './attribute-path.js';
import { isEmpty, type Resource } from './assemble-resource.js';
import { toWire, wirePath, type DialectSettings } from './dialect.js';
import type { Scim2Settings } from './settings.js';

export interface PatchOperation {
  op: 'add' | 'replace' | 'remove';
  /** Absent: the value is a part of the resource. */
  path?: string;
  value?: unknown;
}

/**
 * One operation for each change (RFC 7644 section 3.5.2), all of them safe to repeat. `value` is what an
 * attribute stands for, so `manager.value` is written as the whole manager, and clearing
 * `emails[type eq "work"].value` takes the element away. Some apps do not take `remove`: there a value is cleared
 * by writing an empty one.
 */
export function buildPatch(
  type: SubjectType,
  changes: AttributeChange[],
  clearWith: Scim2Settings['clearWith'] = 'remove',
): PatchOperation[] {
  return changes.map((change) => {
    const path = parseAttributePath(type, change.attribute);
    if (change.op === 'set' && !isEmpty(change.value)) return replace(path, change.value);
    return clearWith === 'empty' ? replace(path, '') : { op: 'remove', path: wholePath(path) };
  });
}

/**
 * The same changes for a target that refused them with `noTarget`, which RFC 7644 section 3.5.2.3 wants when
 * no element matches: what is missing in `resource` is added as a new element, what is to be cleared and
 * is not there is left out.
 */
export function buildPatchFor(
  type: SubjectType,
  resource: Resource,
  changes: AttributeChange[],
): PatchOperation[] {
  const operations: PatchOperation[] = [];
  const added = new Map<string, Record<string, unknown>>();
  const has = (path: string) => readPath(resource, path, resourceTypes[type]) !== undefined;
  for (const change of changes) {
    const path = parseAttributePath(type, change.attribute);
    const element = elementOf(path);
    if (change.op === 'unset' || isEmpty(change.value)) {
      if (has(change.attribute)) operations.push({ op: 'remove', path: wholePath(path) });
    } else if (!path.where || has(element)) {
      operations.push(replace(path, change.value));
    } else {
      const known = added.get(element);
      const value = elementWith(path, change.value, known);
      if (known) continue;
      added.set(element, value);
      operations.push({ op: 'add', path: attributeOf(path), value: [value] });
    }
  }
  return operations;
}

/** The operations in the app's own spelling. */
export const wireOperations = (
  operations: PatchOperation[],
  settings: DialectSettings & Pick<Scim2Settings, 'patchOpCase'>,
): object[] =>
  operations.map(({ op, path, value }) => ({
    op: settings.patchOpCase === 'capital' ? op[0]!.toUpperCase() + op.slice(1) : op,
    ...(path !== undefined && { path: wirePath(path, settings) }),
    ...(value !== undefined && { value: toWire(value, settings, path) }),
  }));

/** A PATCH body: RFC 7644 section 3.5.2. */
export const patchBody = (operations: object[]) => ({
  schemas: [patchOpUrn],
  Operations: operations,
});

function replace(path: AttributePath, value: AttributeValue): PatchOperation {
  if (path.sub === 'value' && !path.where)
    return { op: 'replace', path: attributeOf(path), value: { value } };
  const element = elementOf(path);
  return { op: 'replace', path: path.sub === undefined ? element : `${element}.${path.sub}`, value };
}

function wholePath(path: AttributePath): string {
  const element = elementOf(path);
  return path.sub === undefined || path.sub === 'value' ? element : `${element}.${path.sub}`;
}
