import { isObject } from '../json.js';

/** Each value once, the first of its like, in time in proportion to the list. */
export function distinct<T>(values: readonly T[]): T[] {
  const seen = new Map<string, T>();
  for (const value of values) {
    const key = valueKey(value);
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
}

/** The same text for the same JSON values, whatever the order of object keys. */
export function valueKey(value: unknown): string {
  return String(
    JSON.stringify(value, (_, part: unknown) =>
      isObject(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))))
        : part,
    ),
  );
}
