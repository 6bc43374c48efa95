import { isObject, sameJson } from '@rollcall/scim';

/**
 * Whether a target that has one value needs no other. Lists are sets unless their order counts: targets give
 * multi-valued attributes back in any order.
 */
export function sameValue(wanted: unknown, present: unknown, ordered = false): boolean {
  if (ordered || !Array.isArray(wanted) || !Array.isArray(present)) return sameJson(wanted, present);
  if (wanted.length === 0 || present.length === 0) return wanted.length === present.length;
  const keys = new Set(wanted.map(keyOf));
  const others = new Set(present.map(keyOf));
  return keys.size === others.size && [...keys].every((key) => others.has(key));
}

/** Each value once, the first of its like, in time in proportion to the list. */
export function distinct<T>(values: readonly T[]): T[] {
  const seen = new Map<string, T>();
  for (const value of values) {
    const key = keyOf(value);
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
}

function keyOf(value: unknown): string {
  return String(
    JSON.stringify(value, (_, part: unknown) =>
      isObject(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))))
        : part,
    ),
  );
}
