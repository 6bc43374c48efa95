import { isObject, type JsonObject } from '../json.js';
import { canonicalDateTime } from '../schema/date-time.js';
import { findAttribute, type Attribute, type ResourceType } from '../schema/resource-type.js';
import { badRequest, describeValue } from '../scim-error.js';
import { unstorable } from '../unstorable-text.js';
import { excerpt, noteCase, type Warning } from './warning.js';

export const maxElements = 1000;
const maxUnknownDepth = 10;
const maxNameLength = 500;

/** A value that is never returned is not quoted either. */
const wrongType = (
  { path, returned }: Pick<Attribute, 'path'> & Partial<Attribute>,
  expected: string,
  value: unknown,
) =>
  badRequest(
    'invalidValue',
    `${path}: expected ${expected}, got ${returned === 'never' ? 'another kind of value' : describeValue(value)}.`,
  );

/**
 * Checks a value of an attribute and brings it into canonical form: names in canonical spelling, booleans sent
 * as text or as 1 and 0 made booleans, a single value given as an array unwrapped, a plain value for a complex attribute made
 * its `value`. Text stays byte for byte. Returns undefined for what means "no value": null, [], {}, and a
 * single complex attribute whose `value` is "".
 * Throws ScimError 400 invalidValue, naming the path, what was expected and what came.
 */
export function readValue(value: unknown, attribute: Attribute, warnings: Warning[]): unknown {
  if (value === null || value === undefined) return undefined;
  if (attribute.type === 'any') return readUnknown(value, attribute.path);
  return attribute.multiValued
    ? readElements(value, attribute, warnings)
    : readSingle(value, attribute, warnings);
}

function readElements(value: unknown, attribute: Attribute, warnings: Warning[]): unknown[] | undefined {
  const items = Array.isArray(value) ? value : [value];
  if (items !== value) {
    warnings.push({
      path: attribute.path,
      detail: `${attribute.path} is a list; a single value was taken as a list of one.`,
    });
  }
  if (items.length > maxElements) {
    throw badRequest(
      'invalidValue',
      `${attribute.path}: expected at most ${maxElements} values, got ${items.length}.`,
    );
  }
  const elements: unknown[] = [];
  for (const item of items) {
    const element = readElement(item, attribute, warnings);
    if (element !== undefined) elements.push(element);
  }
  return elements.length > 0 ? elements : undefined;
}

/** One value of a multi-valued attribute. */
export function readElement(value: unknown, attribute: Attribute, warnings: Warning[]): unknown {
  if (value === null) return undefined;
  if (attribute.type === 'any') return readUnknown(value, attribute.path);
  return attribute.type === 'complex'
    ? readComplex(value, attribute, warnings)
    : readScalar(value, attribute, warnings);
}

function readSingle(value: unknown, attribute: Attribute, warnings: Warning[]): unknown {
  let single = value;
  if (Array.isArray(value)) {
    if (value.length > 1) throw wrongType(attribute, 'a single value', value);
    single = value[0] ?? null;
    if (single !== null) {
      warnings.push({
        path: attribute.path,
        detail: `${attribute.path} is a single value; it was taken out of a list of one.`,
      });
    }
  }
  if (single === null) return undefined;
  if (attribute.type !== 'complex') {
    // ["B"] and [{"value": "B"}] round a plain value.
    const plain = Array.isArray(value) && isObject(single) ? single['value'] : single;
    return readScalar(plain, attribute, warnings);
  }
  const complex = readComplex(single, attribute, warnings);
  if (!attribute.value || complex?.[attribute.value.name] !== '') return complex;
  warnings.push(emptyText(attribute));
  return undefined;
}

function readComplex(value: unknown, attribute: Attribute, warnings: Warning[]): JsonObject | undefined {
  if (isObject(value)) return readSubAttributes(value, attribute, warnings);
  if (attribute.value && typeof value !== 'object') {
    warnings.push({
      path: attribute.path,
      detail: `${attribute.path} was sent as a plain value and taken as its ${attribute.value.name}.`,
    });
    return { [attribute.value.name]: readScalar(value, attribute.value, warnings) };
  }
  throw wrongType(attribute, 'an object', value);
}

function readSubAttributes(
  value: JsonObject,
  attribute: Attribute,
  warnings: Warning[],
): JsonObject | undefined {
  const result: JsonObject = {};
  let empty = true;
  for (const key of Object.keys(value)) {
    const sub = findAttribute(attribute.subs!, key);
    const path = sub?.path ?? `${attribute.path}.${key}`;
    const name = sub?.name ?? checkedName(key, attribute.path);
    if (sub?.mutability === 'readOnly') continue;
    const content = sub ? readValue(value[key], sub, warnings) : readUnknown(value[key], path);
    if (content === undefined) continue;
    if (Object.hasOwn(result, name))
      throw badRequest('invalidValue', `${path} is given twice. Send it once.`);
    if (sub) noteCase(key, sub.name, path, warnings);
    else warnings.push(unknownAttribute(path));
    result[name] = content;
    empty = false;
  }
  return empty ? undefined : result;
}

/** @param custom what the tenant has declared and taken away */
export function unknownAttribute(path: string, custom?: ResourceType['custom']): Warning {
  const detail = wasRemoved(path, custom)
    ? `${path} was removed from the schema; it is kept, and not shown until it is defined again.`
    : `${path} is in no schema; it is kept and returned as it came.`;
  return { path, detail };
}

function wasRemoved(path: string, custom: ResourceType['custom'] | undefined): boolean {
  if (!custom?.size) return false;
  const lower = path.toLowerCase();
  return [...custom].some(([urn, { removed }]) => {
    const [name] = lower.startsWith(`${urn}:`) ? lower.slice(urn.length + 1).split('.') : [];
    return name !== undefined && removed.has(name);
  });
}

const base64 = /^[\w+/\s-]*={0,2}\s*$/;
const wholeNumber = /^-?\d{1,15}$/;
const decimalNumber = /^-?\d{1,15}(?:\.\d{1,15})?$/;

const emptyText = ({ path }: Attribute): Warning => ({
  path,
  detail: `${path} was sent as "" and taken as no value.`,
});

/** A value of another JSON type that says the same. */
function converted<T>(value: unknown, to: T, { path }: Attribute, warnings: Warning[]): T {
  const sent =
    typeof value === 'string'
      ? `the string ${JSON.stringify(excerpt(value))}`
      : `the number ${String(value)}`;
  warnings.push({ path, detail: `${path} was sent as ${sent} and read as ${String(to)}.` });
  return to;
}

function readScalar(value: unknown, attribute: Attribute, warnings: Warning[]): unknown {
  if (value === '' && ['boolean', 'integer', 'decimal', 'dateTime'].includes(attribute.type)) {
    warnings.push(emptyText(attribute));
    return undefined;
  }
  switch (attribute.type) {
    case 'boolean':
      if (typeof value === 'boolean') return value;
      if (typeof value === 'string' || typeof value === 'number') {
        const text = String(value).trim().toLowerCase();
        if (text === 'true' || text === '1') return converted(value, true, attribute, warnings);
        if (text === 'false' || text === '0') return converted(value, false, attribute, warnings);
        if (text === '') return undefined;
      }
      throw wrongType(attribute, 'true or false', value);
    case 'integer':
      if (Number.isSafeInteger(value)) return value;
      if (typeof value === 'string' && wholeNumber.test(value)) {
        return converted(value, Number(value), attribute, warnings);
      }
      throw wrongType(attribute, 'a whole number', value);
    case 'decimal':
      if (typeof value === 'number' && Number.isFinite(value)) return value;
      if (typeof value === 'string' && decimalNumber.test(value)) {
        return converted(value, Number(value), attribute, warnings);
      }
      throw wrongType(attribute, 'a number', value);
    case 'dateTime':
      if (typeof value === 'string' && canonicalDateTime(value) !== undefined) return value;
      throw wrongType(attribute, 'a date and time such as 2026-03-01T09:30:00Z', value);
    case 'binary':
      if (typeof value === 'string' && base64.test(value)) return value;
      throw wrongType(attribute, 'base64 text', value);
    default:
      if (typeof value !== 'string') throw wrongType(attribute, 'a string', value);
      return checkedText(value, attribute.path);
  }
}

function checkedText(text: string, path: string): string {
  if (unstorable.test(text)) {
    throw badRequest(
      'invalidValue',
      `${path}: the text holds a NUL or half a surrogate pair, which cannot be kept. Leave it out.`,
    );
  }
  return text;
}

/** An attribute name that no schema has, fit to be kept as a key. */
export function checkedName(name: string, within: string): string {
  const where = within === '' ? '' : ` in ${within}`;
  if (
    name === '' ||
    name.length > maxNameLength ||
    unstorable.test(name) ||
    name.toLowerCase() === '__proto__'
  ) {
    throw badRequest(
      'invalidValue',
      `The attribute name ${JSON.stringify(name.slice(0, 60))}${where} cannot be used. Give it another.`,
    );
  }
  return name;
}

/** A value of which no schema says anything: kept as it came, within bounds. Null, [] and {} mean no value. */
export function readUnknown(value: unknown, path: string): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'object' && Object.keys(value).length === 0) return undefined;
  checkUnknown(value, path, 1);
  return value;
}

function checkUnknown(value: unknown, path: string, depth: number): void {
  if (typeof value === 'string') checkedText(value, path);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw wrongType({ path }, 'a number that can be kept', value);
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxUnknownDepth) {
    throw badRequest('invalidValue', `${path} is nested deeper than ${maxUnknownDepth} levels.`);
  }
  if (Array.isArray(value)) {
    if (value.length > maxElements) {
      throw badRequest(
        'invalidValue',
        `${path}: expected at most ${maxElements} values, got ${value.length}.`,
      );
    }
    for (const item of value) checkUnknown(item, path, depth + 1);
    return;
  }
  for (const [key, content] of Object.entries(value)) {
    checkedName(key, path);
    checkUnknown(content, path, depth + 1);
  }
}
