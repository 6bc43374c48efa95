import { canonicalDateTime } from '../schema/date-time.js';
import { findAttribute, type Attribute, type ResourceType } from '../schema/resource-type.js';
import { resolveName, untypedAttribute } from '../schema/resolve-name.js';
import { badRequest, describeValue } from '../scim-error.js';
import type { CompareOperator, Filter, FilterValue } from './filter.js';
import { foldCase } from './fold-case.js';

/** Where a filter looks in a search document, or within one element of a value path. */
export interface FilterPath {
  /** The canonical name: "emails.value", "urn:...:User:department". */
  name: string;
  /** The keys to follow from the root; none: the element itself. */
  keys: string[];
  /** Whether an array is found there; a comparison then holds when it holds for one of its elements. */
  multiValued: boolean;
  /** The key to follow in each element of the array. */
  sub?: string;
}

/**
 * A filter ready to be evaluated against search documents (see `normalise`), in memory or in SQL. Values are
 * folded like the document's. An attribute without a value compares as null.
 */
export type ResolvedFilter =
  | { kind: 'and' | 'or'; operands: ResolvedFilter[] }
  | { kind: 'not'; operand: ResolvedFilter }
  | { kind: 'compare'; path: FilterPath; op: CompareOperator; value: FilterValue }
  | { kind: 'present'; path: FilterPath }
  | { kind: 'element'; path: FilterPath; filter: ResolvedFilter };

export interface Found {
  path: FilterPath;
  attribute: Attribute;
}
type Look = (name: string) => Found;

/**
 * Looks a filter's names up and casts its values. Attributes no schema declares are refused by name, except
 * under the full URN of an extension we do not know: those compare as they came, strings regardless of case.
 * In a search over several types, an attribute that only one of the `others` has is without a value here
 * (RFC 7644 section 3.4.2.1). Throws ScimError 400 invalidFilter.
 */
export function resolve(
  filter: Filter,
  type: ResourceType,
  others: readonly ResourceType[] = [],
): ResolvedFilter {
  return resolveWith(filter, (name) => lookUpAmong(name, type, others));
}

/** The same for the filter of a value path on `attribute`; paths start at the element. */
export function resolveElement(filter: Filter, attribute: Attribute): ResolvedFilter {
  return resolveWith(filter, (name) => lookUpInElement(name, attribute));
}

function resolveWith(filter: Filter, look: Look): ResolvedFilter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, operands: filter.operands.map((part) => resolveWith(part, look)) };
    case 'not':
      return { kind: 'not', operand: resolveWith(filter.operand, look) };
    case 'present':
      return { kind: 'present', path: look(filter.name).path };
    case 'compare':
      return resolveComparison(look(filter.name), filter.op, filter.value);
    case 'element':
      return resolveValuePath(look(filter.name), filter.filter);
  }
}

function resolveValuePath({ path, attribute }: Found, filter: Filter): ResolvedFilter {
  if (path.multiValued) return { kind: 'element', path, filter: resolveElement(filter, attribute) };
  if (!attribute.subs) {
    throw badRequest(
      'invalidFilter',
      `${path.name} is a single value; a filter in brackets needs a complex attribute.`,
    );
  }
  return resolveWith(filter, (name) => {
    const found = lookUpInElement(name, attribute);
    return { ...found, path: { ...found.path, keys: [...path.keys, ...found.path.keys] } };
  });
}

export function lookUpAmong(name: string, type: ResourceType, others: readonly ResourceType[]): Found {
  const elsewhere = !resolveName(name, type).known && others.some((other) => resolveName(name, other).known);
  if (!elsewhere) return lookUp(name, type);
  // No search document has an empty key.
  return { path: { name, keys: [''], multiValued: true }, attribute: untypedAttribute(name, name) };
}

function lookUp(name: string, type: ResourceType): Found {
  const { urn, extension, attribute, sub, known } = resolveName(name, type);
  if (!attribute)
    throw badRequest('invalidFilter', `${name} is a schema, not an attribute; name an attribute of it.`);
  if (urn !== undefined && !extension) {
    const path: FilterPath = {
      name,
      keys: [foldCase(urn), foldCase(attribute.name)],
      multiValued: true,
      ...(sub && { sub: foldCase(sub.name) }),
    };
    return { path, attribute: sub ?? attribute };
  }
  if (!known) {
    throw badRequest(
      'invalidFilter',
      `${type.name} has no attribute ${name}. Check the spelling; an attribute of an extension is named by its full URN.`,
    );
  }
  if (attribute.returned === 'never')
    throw badRequest('invalidFilter', `${attribute.name} cannot be searched. Leave it out of the filter.`);
  const keys = extension ? [extension.urn, attribute.name] : [attribute.name];
  if (!sub) return { path: { name: attribute.path, keys, multiValued: attribute.multiValued }, attribute };
  const path: FilterPath = attribute.multiValued
    ? { name: sub.path, keys, multiValued: true, sub: sub.name }
    : { name: sub.path, keys: [...keys, sub.name], multiValued: false };
  return { path, attribute: sub };
}

function lookUpInElement(name: string, attribute: Attribute): Found {
  if (attribute.type === 'any') {
    const path = { name: `${attribute.path}.${name}`, keys: [foldCase(name)], multiValued: false };
    return { path, attribute: untypedAttribute(name, path.name) };
  }
  if (!attribute.subs) {
    if (name.toLowerCase() === 'value') {
      return { path: { name: attribute.path, keys: [], multiValued: false }, attribute };
    }
    throw badRequest(
      'invalidFilter',
      `${attribute.path} has plain values; in its brackets only "value" can be named.`,
    );
  }
  const sub = findAttribute(attribute.subs, name);
  if (!sub)
    throw badRequest('invalidFilter', `${attribute.path} has no sub-attribute ${name}. Check the spelling.`);
  return { path: { name: sub.path, keys: [sub.name], multiValued: false }, attribute: sub };
}

function resolveComparison(found: Found, op: CompareOperator, value: FilterValue): ResolvedFilter {
  const { attribute, path } = found.attribute.type === 'complex' ? itsValue(found) : found;
  return { kind: 'compare', path, op, value: cast(attribute, op, value) };
}

/** `manager eq "id"` and `emails co "x"` mean the value of the manager, of an e-mail address. */
export function itsValue({ attribute, path }: Found): Found {
  const { value } = attribute;
  if (!value) {
    const subs = [...new Set(attribute.subs?.values())].map((sub) => sub.name).join(', ');
    throw badRequest('invalidFilter', `${path.name} has no single value to compare; name one of ${subs}.`);
  }
  const inElements = path.multiValued
    ? { ...path, name: value.path, sub: value.name }
    : { ...path, name: value.path, keys: [...path.keys, value.name] };
  return { attribute: value, path: inElements };
}

const ordering = new Set<CompareOperator>(['gt', 'ge', 'lt', 'le']);
const substring = new Set<CompareOperator>(['co', 'sw', 'ew']);

function cast(attribute: Attribute, op: CompareOperator, value: FilterValue): FilterValue {
  const refuse = (why: string) =>
    badRequest('invalidFilter', `${attribute.path} ${op} ${JSON.stringify(value)}: ${why}`);
  if (value === null || value === '') {
    if (value === '' && op !== 'eq' && op !== 'ne') return value;
    if (op === 'eq' || op === 'ne') return null;
    throw refuse('null can be compared with eq and ne only.');
  }
  if (substring.has(op) && ['boolean', 'integer', 'decimal'].includes(attribute.type)) {
    throw refuse(`${op} needs an attribute that is text.`);
  }
  switch (attribute.type) {
    case 'any':
      if (typeof value === 'boolean' && ordering.has(op)) throw refuse('booleans have no order.');
      return typeof value === 'string' ? foldCase(value) : value;
    case 'boolean': {
      if (ordering.has(op)) throw refuse('booleans have no order.');
      const text = String(value).toLowerCase();
      if (text !== 'true' && text !== 'false')
        throw refuse(`expected true or false, got ${describeValue(value)}.`);
      return text === 'true';
    }
    case 'integer':
    case 'decimal': {
      const number = typeof value === 'boolean' ? Number.NaN : Number(value);
      if (!Number.isFinite(number)) throw refuse(`expected a number, got ${describeValue(value)}.`);
      return number;
    }
    case 'dateTime': {
      if (substring.has(op)) return String(value).toUpperCase();
      const moment = canonicalDateTime(String(value));
      if (!moment) throw refuse('expected a date and time such as "2026-03-01T09:30:00Z".');
      return moment;
    }
    case 'binary':
      if (ordering.has(op)) throw refuse('binary values have no order.');
      return String(value);
    default:
      return attribute.caseExact ? String(value) : foldCase(String(value));
  }
}
