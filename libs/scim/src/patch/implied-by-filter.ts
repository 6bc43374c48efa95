import type { Filter } from '../filter/filter.js';
import type { JsonObject } from '../json.js';
import { findAttribute, type Attribute } from '../schema/resource-type.js';
import { readValue } from '../resource/read-value.js';

/**
 * The element that a filter of equalities describes: {type: "work"} for `type eq "work"`. Undefined when the
 * filter says anything else, so that no element can be made from it.
 */
export function impliedByFilter(filter: Filter, attribute: Attribute): JsonObject | undefined {
  const parts = filter.kind === 'and' ? filter.operands : [filter];
  const element: JsonObject = {};
  for (const part of parts) {
    if (part.kind !== 'compare' || part.op !== 'eq' || part.value === null) return undefined;
    const sub = attribute.subs && findAttribute(attribute.subs, part.name);
    if (sub?.mutability === 'readOnly') return undefined;
    element[sub?.name ?? part.name] = sub ? readValue(part.value, sub, []) : part.value;
  }
  return element;
}
