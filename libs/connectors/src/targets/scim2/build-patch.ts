import type { AttributeChange, AttributeValue } from '../../contract.js';
import { attributeOf, elementOf, meets, parseAttributePath, type AttributePath } from './attribute-path.js';
import { isEmpty, type Resource } from './assemble-resource.js';
import { isObject, readPath } from './read-resource.js';

export const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface PatchOperation {
  op: 'add' | 'replace' | 'remove';
  path: string;
  value?: unknown;
}

/**
 * One operation for each change (RFC 7644 section 3.5.2), all of them safe to repeat. `value` is what an
 * attribute stands for, so `manager.value` is written as the whole manager, and clearing
 * `emails[type eq "work"].value` takes the element away.
 */
export function buildPatch(changes: AttributeChange[]): PatchOperation[] {
  return changes.map((change) => {
    const path = parseAttributePath(change.attribute);
    if (change.op === 'unset' || isEmpty(change.value)) return { op: 'remove', path: wholePath(path) };
    return replace(path, change.value);
  });
}

/**
 * The same changes for a target that refused them with `noTarget`, which RFC 7644 section 3.5.2.3 wants when
 * no element matches: what is missing in `resource` is added as a new element, what is to be cleared and
 * is not there is left out.
 */
export function buildPatchFor(resource: Resource, changes: AttributeChange[]): PatchOperation[] {
  const operations: PatchOperation[] = [];
  const added = new Map<string, Record<string, unknown>>();
  for (const change of changes) {
    const path = parseAttributePath(change.attribute);
    if (change.op === 'unset' || isEmpty(change.value)) {
      if (readPath(resource, change.attribute) !== undefined)
        operations.push({ op: 'remove', path: wholePath(path) });
    } else if (!path.where || hasElement(resource, path)) {
      operations.push(replace(path, change.value));
    } else {
      let element = added.get(elementOf(path));
      if (!element) {
        element = Object.fromEntries(path.where.map((each) => [each.attribute, each.value]));
        added.set(elementOf(path), element);
        operations.push({ op: 'add', path: attributeOf(path), value: [element] });
      }
      if (path.sub !== undefined) element[path.sub] = change.value;
      else Object.assign(element, isObject(change.value) ? change.value : { value: change.value });
    }
  }
  return operations;
}

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

function hasElement(resource: Resource, path: AttributePath): boolean {
  const elements = readPath(resource, attributeOf(path));
  return Array.isArray(elements) && elements.some((each) => meets(each, path.where!));
}
