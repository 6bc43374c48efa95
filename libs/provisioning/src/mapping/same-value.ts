import { sameJson, valueKey } from '@rollcall/scim';

/**
 * Whether a target that has one value needs no other. Lists are sets unless their order counts: targets give
 * multi-valued attributes back in any order.
 */
export function sameValue(wanted: unknown, present: unknown, ordered = false): boolean {
  if (ordered || !Array.isArray(wanted) || !Array.isArray(present)) return sameJson(wanted, present);
  if (wanted.length === 0 || present.length === 0) return wanted.length === present.length;
  const keys = new Set(wanted.map(valueKey));
  const others = new Set(present.map(valueKey));
  return keys.size === others.size && [...keys].every((key) => others.has(key));
}
