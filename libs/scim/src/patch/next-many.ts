import { matches } from '../filter/matches.js';
import { normaliseElement } from '../filter/normalise.js';
import { resolveElement } from '../filter/resolve-filter.js';
import { isObject, sameJson, type JsonObject } from '../json.js';
import { readElement, readUnknown, readValue } from '../resource/read-value.js';
import { settlePrimary } from '../resource/settle-primary.js';
import type { Attribute } from '../schema/resource-type.js';
import type { Change } from './change.js';
import { impliedByFilter } from './implied-by-filter.js';
import { withSub } from './next-single.js';
import { madeFromFilter, noTarget, valueIgnored } from './no-target.js';

/** What a multi-valued attribute is after a change; undefined: it has no value. */
export function nextMany(current: unknown, change: Change): unknown {
  const { attribute, op, value, sub, filter, warnings } = change;
  const before: unknown[] = Array.isArray(current) ? current : [];
  if (!filter && !sub && op === 'replace') {
    if (attribute.type === 'any') return readUnknown(value, attribute.path);
    const elements = readValue(value, attribute, warnings) as unknown[] | undefined;
    return elements && settlePrimary(elements, new Set(elements), attribute.path, warnings);
  }
  const fresh = new Set<unknown>();
  const after = filter
    ? changeSelected(before, fresh, change)
    : sub
      ? changeSub(before, fresh, sub, change)
      : op === 'add'
        ? append(before, fresh, change)
        : dropGiven(before, change);
  return after.length > 0 ? settlePrimary(after, fresh, attribute.path, warnings) : undefined;
}

/** `emails[type eq "work"]`, with or without a sub-attribute behind it. */
function changeSelected(before: unknown[], fresh: Set<unknown>, change: Change): unknown[] {
  const { attribute, op, value, sub, warnings } = change;
  const filter = change.filter!;
  const resolved = resolveElement(filter, attribute);
  const selected = (element: unknown) => matches(resolved, normaliseElement(element, attribute) ?? {});
  const removing = op === 'remove' || value === null;
  const after: unknown[] = [];
  let hit = false;
  for (const element of before) {
    if (!selected(element)) {
      after.push(element);
      continue;
    }
    hit = true;
    const next = removing && !sub ? undefined : changeElement(element, change);
    if (next === undefined) continue;
    fresh.add(next);
    after.push(next);
  }
  if (op === 'remove' && value !== null && value !== undefined) warnings.push(valueIgnored(attribute));
  if (hit || removing) return after;
  const implied = impliedByFilter(filter, attribute);
  if (!implied) throw noTarget(attribute);
  warnings.push(madeFromFilter(attribute));
  const created = changeElement(
    attribute.type === 'complex' || attribute.type === 'any' ? implied : undefined,
    change,
  );
  if (created !== undefined) {
    fresh.add(created);
    after.push(created);
  }
  return after;
}

function changeElement(element: unknown, change: Change): unknown {
  const { attribute, op, sub, value, warnings } = change;
  const before = isObject(element) ? element : undefined;
  if (sub) {
    const after = withSub(before, sub, change);
    return after?.[sub.name] === undefined ? dropIfLabelsOnly(after) : after;
  }
  const plain = attribute.type === 'any' && typeof value !== 'object' ? { value } : value;
  const given = Array.isArray(plain) && plain.length === 1 ? plain[0] : plain;
  const read = readElement(given, attribute, warnings);
  if (!isObject(read)) return read;
  const kept = op === 'add' ? before : impliedByFilter(change.filter!, attribute);
  return { ...kept, ...read };
}

/** An element of which only the labels are left says nothing. */
function dropIfLabelsOnly(element: JsonObject | undefined): JsonObject | undefined {
  const says = Object.keys(element ?? {}).some((key) => key !== 'type' && key !== 'primary');
  return says ? element : undefined;
}

/** `emails.value` names no element: the primary one is meant, else the first, else a new one. */
function changeSub(before: unknown[], fresh: Set<unknown>, sub: Attribute, change: Change): unknown[] {
  if (change.op === 'remove') {
    return before
      .map((element) => (isObject(element) ? dropIfLabelsOnly(withSub(element, sub, change)) : element))
      .filter((element) => element !== undefined);
  }
  change.warnings.push({
    path: sub.path,
    detail: `${sub.path} names no value of ${change.attribute.path}: the primary one was taken, or else the first.`,
  });
  const primary = before.findIndex((element) => isObject(element) && element['primary'] === true);
  const at = Math.max(primary, 0);
  const element = before[at];
  const next = withSub(isObject(element) ? element : undefined, sub, change);
  if (next) fresh.add(next);
  return before.toSpliced(at, 1, ...(next ? [next] : []));
}

function append(before: unknown[], fresh: Set<unknown>, { attribute, value, warnings }: Change): unknown[] {
  const given =
    attribute.type === 'any'
      ? [readUnknown(value, attribute.path)].flat()
      : ((readValue(value, attribute, warnings) ?? []) as unknown[]);
  const after = [...before];
  for (const element of given) {
    if (element === undefined) continue;
    const at = after.findIndex((known) => isSameValue(known, element));
    const next = at === -1 ? element : isObject(element) ? { ...(after[at] as object), ...element } : element;
    fresh.add(next);
    if (at === -1) after.push(next);
    else after[at] = next;
  }
  return after;
}

/** RFC 7644 section 3.5.2.1: a value that is there already is not added again. */
function isSameValue(known: unknown, added: unknown): boolean {
  if (!isObject(known) || !isObject(added)) return sameJson(known, added);
  if (added['value'] !== undefined)
    return known['value'] === added['value'] && known['type'] === added['type'];
  return contains(known, added);
}

/** `remove` with values (Entra's dialect) removes only those; without, everything. */
function dropGiven(before: unknown[], { attribute, value, warnings }: Change): unknown[] {
  if (value === null || value === undefined) return [];
  warnings.push({
    path: attribute.path,
    detail: `Only the values of ${attribute.path} that the remove named were removed, as Entra means it; the RFC removes all.`,
  });
  const given = (Array.isArray(value) ? value : [value])
    .map((item) => normaliseElement(readElement(item, attribute, warnings), attribute))
    .filter((item) => item !== undefined);
  return before.filter((element) => {
    const known = normaliseElement(element, attribute);
    return !given.some((item) =>
      isObject(known) && isObject(item) ? contains(known, item) : sameJson(known, item),
    );
  });
}

function contains(known: JsonObject, part: JsonObject): boolean {
  return Object.keys(part).every((key) => sameJson(known[key], part[key]));
}
