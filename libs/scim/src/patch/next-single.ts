import { matches } from '../filter/matches.js';
import { normaliseElement } from '../filter/normalise.js';
import { resolveElement } from '../filter/resolve-filter.js';
import { isObject, type JsonObject } from '../json.js';
import { findAttribute, type Attribute } from '../schema/resource-type.js';
import { readUnknown, readValue } from '../resource/read-value.js';
import type { Change } from './change.js';
import { impliedByFilter } from './implied-by-filter.js';
import { madeFromFilter, noTarget, valueIgnored } from './no-target.js';

/** What a singular attribute is after a change; undefined: it has no value. */
export function nextSingle(current: unknown, change: Change): unknown {
  const { attribute, op, value, warnings } = change;
  if (op === 'remove' && value !== null && value !== undefined) warnings.push(valueIgnored(attribute));
  if (attribute.type === 'any') return nextUntyped(current, change);
  if (attribute.type !== 'complex') {
    return op === 'remove' ? undefined : readValue(value, attribute, warnings);
  }
  const before = isObject(current) ? current : undefined;
  const base = change.filter ? select(before, change) : before;
  if (base === undefined && op === 'remove') return current;
  const after = change.sub ? withSub(base, change.sub, change) : nextComplex(base, change);
  return attribute.value && after?.[attribute.value.name] === '' ? undefined : after;
}

/** The object a filter selects; made from the filter when it selects none and something is to be written. */
function select(
  before: JsonObject | undefined,
  { attribute, filter, op, warnings }: Change,
): JsonObject | undefined {
  const resolved = resolveElement(filter!, attribute);
  if (before && matches(resolved, normaliseElement(before, attribute) ?? {})) return before;
  if (op === 'remove') return undefined;
  const implied = impliedByFilter(filter!, attribute);
  if (!implied) throw noTarget(attribute);
  warnings.push(madeFromFilter(attribute));
  return { ...before, ...implied };
}

function nextComplex(
  before: JsonObject | undefined,
  { attribute, op, value, warnings }: Change,
): JsonObject | undefined {
  if (op === 'remove') return undefined;
  const given = Array.isArray(value) && value.length === 1 ? value[0] : value;
  const read = readValue(given, attribute, warnings) as JsonObject | undefined;
  if (!isObject(given)) return read;
  // A reference is one thing: a new value must not keep the $ref of the old one.
  if (attribute.value && names(given).has(attribute.value.name.toLowerCase())) return read;
  // Anything else is merged: sub-attributes that are not named stay (RFC 7644 section 3.5.2.3).
  const merged = { ...before, ...read };
  for (const key of Object.keys(given)) {
    if (given[key] === null)
      delete merged[(attribute.subs && findAttribute(attribute.subs, key))?.name ?? key];
  }
  return Object.keys(merged).length > 0 ? merged : undefined;
}

const names = (object: JsonObject) => new Set(Object.keys(object).map((key) => key.toLowerCase()));

/** The object with one sub-attribute written or removed; undefined when nothing is left of it. */
export function withSub(
  before: JsonObject | undefined,
  sub: Attribute,
  { attribute, op, value, warnings }: Pick<Change, 'attribute' | 'op' | 'value' | 'warnings'>,
): JsonObject | undefined {
  const content = op === 'remove' ? undefined : readValue(value, sub, warnings);
  if (!attribute.multiValued && sub === attribute.value)
    return content === undefined ? undefined : { [sub.name]: content };
  const { [sub.name]: _, ...rest } = before ?? {};
  const after = content === undefined ? rest : { ...before, [sub.name]: content };
  return Object.keys(after).length > 0 ? after : undefined;
}

function nextUntyped(current: unknown, change: Change): unknown {
  const { attribute, op, sub, value } = change;
  const before = isObject(current) ? current : undefined;
  if (sub) return op === 'remove' && !before ? current : withSub(before, sub, change);
  if (op === 'remove') return undefined;
  const read = readUnknown(value, attribute.path);
  return before && isObject(read) ? { ...before, ...read } : read;
}
