import { isObject, type JsonObject } from '../json.js';
import { badRequest } from '../scim-error.js';

const reference = /^bulkId:(.+)$/;
/** Deeper than any resource. */
const maxDepth = 20;

/** The bulkIds that a value refers to as "bulkId:..." (RFC 7644 section 3.7.2). Throws 400 where it is nested too deep. */
export function bulkIdsIn(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return reference.exec(value)?.slice(1) ?? [];
  if (typeof value !== 'object' || value === null) return [];
  if (depth > maxDepth) {
    throw badRequest('invalidValue', `data is nested deeper than ${maxDepth} levels.`);
  }
  return Object.values(value).flatMap((part) => bulkIdsIn(part, depth + 1));
}

/** The value with each reference replaced by the id it stands for. */
export function withIds<T>(value: T, idOf: (bulkId: string) => string): T {
  return replaced(value, idOf) as T;
}

function replaced(value: unknown, idOf: (bulkId: string) => string): unknown {
  if (typeof value === 'string') {
    const bulkId = reference.exec(value)?.[1];
    return bulkId === undefined ? value : idOf(bulkId);
  }
  if (Array.isArray(value)) return value.map((part) => replaced(part, idOf));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, replaced(part, idOf)]));
}

export interface Deferred {
  /** What can be created at once. */
  now: JsonObject;
  /** What is added when the resources it refers to exist. */
  later: { op: 'add'; path: string; value: unknown }[];
}

/**
 * Splits a resource of a circle: attributes, and elements of multi-valued ones, that refer to one of `missing`
 * are put off.
 */
export function deferReferences(data: JsonObject, missing: ReadonlySet<string>, prefix = ''): Deferred {
  const now: [key: string, value: unknown][] = [];
  const later: Deferred['later'] = [];
  const isMissing = (value: unknown) => bulkIdsIn(value).some((bulkId) => missing.has(bulkId));
  const putOff = (key: string, value: unknown) => later.push({ op: 'add', path: prefix + key, value });
  for (const [key, value] of Object.entries(data)) {
    if (!isMissing(value)) {
      now.push([key, value]);
    } else if (key.includes(':') && isObject(value)) {
      const inner = deferReferences(value, missing, `${key}:`);
      if (Object.keys(inner.now).length > 0) now.push([key, inner.now]);
      later.push(...inner.later);
    } else if (Array.isArray(value)) {
      const ready = value.filter((element) => !isMissing(element));
      if (ready.length > 0) now.push([key, ready]);
      putOff(key, value.filter(isMissing));
    } else {
      putOff(key, value);
    }
  }
  // Not by assignment, which would make a client's "__proto__" the prototype.
  return { now: Object.fromEntries(now), later };
}
