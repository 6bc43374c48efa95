import type { Attributes } from '@rollcall/connectors';
import type { MappedAttributes } from '../mapping/map-attributes.js';
import { sameValue } from '../mapping/same-value.js';
import type { AttributePlan } from './plan.js';

/** What differs between the desired values and what was last written or read. */
export function attributeChanges(mapped: MappedAttributes, written: Attributes): AttributePlan[] {
  const changes: AttributePlan[] = [];
  for (const [attribute, { value, apply, ordered }] of mapped.values) {
    if (apply !== 'always') continue;
    const from = written[attribute] ?? undefined;
    if (value === undefined ? from === undefined : sameValue(value, from, ordered)) continue;
    changes.push({
      attribute,
      ...(from !== undefined && { from }),
      ...(value !== undefined && { to: value }),
    });
  }
  return changes;
}

/** Every attribute a new account starts with. */
export function initialAttributes(mapped: MappedAttributes): AttributePlan[] {
  return [...mapped.values].flatMap(([attribute, { value }]) =>
    value === undefined ? [] : [{ attribute, to: value }],
  );
}

/** Of an existing account, the values of the mapped attributes. */
export function observedAttributes(mapped: MappedAttributes, attributes: Attributes): Attributes {
  return Object.fromEntries(
    [...mapped.values.keys()].flatMap((attribute) => {
      const value = attributes[attribute];
      return value === undefined || value === null ? [] : [[attribute, value]];
    }),
  );
}
