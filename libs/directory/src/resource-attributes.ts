import { isDeepStrictEqual } from 'node:util';

/** A SCIM resource as the hub keeps it: canonical names, extensions under their URN, without id, schemas, meta. */
export type Attributes = Record<string, unknown>;

/** Which top-level attributes have another value, and which are gone. */
export interface AttributeDelta {
  set: Attributes;
  removed: string[];
}

export function differenceOf(before: Attributes, after: Attributes): AttributeDelta {
  const set: Attributes = {};
  for (const [name, value] of Object.entries(after)) {
    if (!isDeepStrictEqual(before[name], value)) set[name] = value;
  }
  const removed = Object.keys(before).filter((name) => !(name in after));
  return { set, removed };
}

export function applyDelta(attributes: Attributes, delta: AttributeDelta): Attributes {
  const result = { ...attributes, ...delta.set };
  for (const name of delta.removed) delete result[name];
  return result;
}
