import { isObject, type Attributes } from '../json.js';
import { checkStillThere } from '../resource/check-required.js';
import { rereadAttributes } from '../resource/shown-attributes.js';
import type { Warning } from '../resource/warning.js';
import type { ResourceType } from '../schema/resource-type.js';
import { applyObject, applyPath } from './apply-operation.js';
import { Draft } from './draft.js';
import type { PatchOperation } from './parse-patch.js';

export interface Patched {
  /** The same object as came in when nothing changed. */
  attributes: Attributes;
  changed: boolean;
  warnings: Warning[];
}

/**
 * Applies the operations in order, each on what the ones before left; all or, by an exception, none. The input
 * is not changed. Members of a group go through `splitGroupPatch` before.
 * Throws ScimError 400 (invalidPath, invalidValue, invalidFilter, mutability, noTarget).
 */
export function applyPatch(
  attributes: Attributes,
  operations: PatchOperation[],
  type: ResourceType,
): Patched {
  const before = rereadAttributes(attributes, type);
  const draft = new Draft(before);
  const warnings: Warning[] = [];
  const work = { draft, type, warnings };
  for (const { op, path, value } of operations) {
    if (path) applyPath(work, op, path, value, 'refuse read-only');
    else if (isObject(value)) applyObject(work, op, value);
  }
  if (!draft.changed) return { attributes, changed: false, warnings };
  checkStillThere(before, draft.attributes, type);
  return { attributes: draft.attributes, changed: true, warnings };
}
