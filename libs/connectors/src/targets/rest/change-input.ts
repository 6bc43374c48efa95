import type { AttributeChange, Attributes } from '../../contract.js';

/** A delta as bodies see it. */
export function changeInput(
  before: Attributes,
  changes: AttributeChange[],
): { attributes: Attributes; changes: Attributes; removed: string[] } {
  const attributes = { ...before };
  const changed: Attributes = {};
  const removed: string[] = [];
  for (const change of changes) {
    if (change.op === 'set') {
      changed[change.attribute] = change.value;
      attributes[change.attribute] = change.value;
    } else {
      changed[change.attribute] = null;
      removed.push(change.attribute);
      delete attributes[change.attribute];
    }
  }
  return { attributes, changes: changed, removed };
}
