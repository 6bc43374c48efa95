import { isObject, type Attributes, type JsonObject } from '../json.js';
import { canonicalDateTime } from '../schema/date-time.js';
import {
  findAttribute,
  type Attribute,
  type AttributesByName,
  type ResourceType,
} from '../schema/resource-type.js';
import { foldCase } from './fold-case.js';

/**
 * What filters are evaluated on: a JSON copy of the resource under canonical names. Text that is compared
 * regardless of case is folded, moments are ISO UTC with milliseconds, and what has no value (null, "", [], {})
 * is left out. Attributes that no schema declares are left out too, except in extensions we do not know:
 * there keys are folded and every value is an array.
 */
export type SearchDocument = JsonObject;

export function normalise(resource: Attributes, type: ResourceType): SearchDocument {
  const document: SearchDocument = {};
  for (const key of Object.keys(resource)) {
    const value = resource[key];
    const attribute = findAttribute(type.attributes, key);
    if (attribute) {
      put(document, attribute.name, normaliseValue(value, attribute));
    } else if (key.includes(':') && isObject(value)) {
      const extension = type.urns.find((known) => known.urn === key.toLowerCase())?.extension;
      if (extension) put(document, extension.urn, normaliseObject(value, extension.attributes));
      else put(document, foldCase(key), normaliseUnknownExtension(value));
    }
  }
  return document;
}

/** One element of a multi-valued attribute, for the filter of a value path. */
export function normaliseElement(element: unknown, attribute: Attribute): unknown {
  return attribute.type === 'any' ? normaliseUntyped(element) : normaliseSingle(element, attribute);
}

function put(target: JsonObject, key: string, value: unknown): void {
  if (value !== undefined) target[key] = value;
}

function normaliseValue(value: unknown, attribute: Attribute): unknown {
  if (!attribute.multiValued) return normaliseSingle(value, attribute);
  if (!Array.isArray(value)) return undefined;
  const elements: unknown[] = [];
  for (const item of value) {
    const element = normaliseSingle(item, attribute);
    if (element !== undefined) elements.push(element);
  }
  return elements.length > 0 ? elements : undefined;
}

function normaliseSingle(value: unknown, attribute: Attribute): unknown {
  if (attribute.returned === 'never') return undefined;
  if (typeof value === 'string') {
    if (value === '' || attribute.type === 'complex') return undefined;
    if (attribute.type === 'dateTime') return canonicalDateTime(value);
    return attribute.caseExact || attribute.type === 'binary' ? value : foldCase(value);
  }
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (attribute.subs && isObject(value)) return normaliseObject(value, attribute.subs);
  return undefined;
}

function normaliseObject(value: JsonObject, attributes: AttributesByName): JsonObject | undefined {
  const result: JsonObject = {};
  let empty = true;
  for (const key of Object.keys(value)) {
    const attribute = findAttribute(attributes, key);
    const normal = attribute && normaliseValue(value[key], attribute);
    if (normal === undefined) continue;
    result[attribute!.name] = normal;
    empty = false;
  }
  return empty ? undefined : result;
}

function normaliseUnknownExtension(value: JsonObject): JsonObject | undefined {
  const result: JsonObject = {};
  for (const [key, content] of Object.entries(value)) {
    const elements = (Array.isArray(content) ? content : [content])
      .map(normaliseUntyped)
      .filter((element) => element !== undefined);
    if (elements.length > 0) result[foldCase(key)] = elements;
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

function normaliseUntyped(value: unknown): unknown {
  if (!isObject(value)) return normaliseScalar(value);
  const result: JsonObject = {};
  for (const [key, content] of Object.entries(value)) put(result, foldCase(key), normaliseScalar(content));
  return Object.keys(result).length > 0 ? result : undefined;
}

function normaliseScalar(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? undefined : foldCase(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
