import { isObject, sameJson, type Attributes, type JsonObject } from '../json.js';
import {
  findAttribute,
  type Attribute,
  type CustomPart,
  type ResourceType,
} from '../schema/resource-type.js';
import { badRequest, ScimError } from '../scim-error.js';
import { readValue } from './read-value.js';

/**
 * What is to be seen of a resource as it is stored. Values that were stored before their attribute was declared
 * are read as the schema says now ("5" as 5, names in its spelling). Left out are those that cannot be, and
 * those of attributes that the tenant has removed from its schemas: they stay stored.
 */
export function shownAttributes(attributes: Attributes, type: ResourceType): Attributes {
  return type.custom.size === 0 ? attributes : reread(attributes, type, false);
}

/** The same with nothing left out: what a change starts from. */
export function rereadAttributes(attributes: Attributes, type: ResourceType): Attributes {
  return type.custom.size === 0 ? attributes : reread(attributes, type, true);
}

function reread(attributes: Attributes, type: ResourceType, everything: boolean): Attributes {
  let result = attributes;
  for (const key of Object.keys(attributes)) {
    const part = key.includes(':') ? type.custom.get(key.toLowerCase()) : undefined;
    const content = attributes[key];
    if (!part || !isObject(content)) continue;
    if (result === attributes) result = { ...attributes };
    delete result[key];
    const read = rereadPart(content, part, everything);
    if (Object.keys(read).length > 0) result[part.extension ? part.urn : key] = read;
  }
  return result;
}

function rereadPart(
  content: JsonObject,
  { extension, removed }: CustomPart,
  everything: boolean,
): JsonObject {
  const result: JsonObject = {};
  for (const name of Object.keys(content)) {
    const attribute = extension && findAttribute(extension.attributes, name);
    const value = attribute && readAgain(content[name], attribute);
    if (value !== undefined) result[attribute!.name] = value;
    else if (everything || (!attribute && !removed.has(name.toLowerCase()))) result[name] = content[name];
  }
  return result;
}

function readAgain(value: unknown, attribute: Attribute): unknown {
  try {
    return readValue(value, attribute, []);
  } catch (error) {
    if (error instanceof ScimError) return undefined;
    throw error;
  }
}

/** Whether a stored value can be read as the attribute is declared. */
export function fits(value: unknown, attribute: Attribute): boolean {
  return readAgain(value, attribute) !== undefined;
}

/**
 * What a PUT makes of a resource (RFC 7644 section 3.5.1): `wanted`, and of what was there the values that the
 * client was not shown. Throws ScimError 400 mutability for another value of an immutable attribute.
 */
export function replaceAttributes(stored: Attributes, wanted: Attributes, type: ResourceType): Attributes {
  if (type.custom.size === 0) return wanted;
  const before = rereadAttributes(stored, type);
  const shown = shownAttributes(stored, type);
  let result = wanted;
  for (const [key, content] of Object.entries(before)) {
    const part = type.custom.get(key.toLowerCase());
    if (!part || !isObject(content)) continue;
    const place = spelling(result, key);
    const after = (result[place] ?? {}) as JsonObject;
    const kept: JsonObject = {};
    for (const [name, value] of Object.entries(content)) {
      const attribute = part.extension && findAttribute(part.extension.attributes, name);
      const given = after[spelling(after, name)];
      const immutable = attribute?.mutability === 'immutable';
      const visible = Object.hasOwn((shown[key] as JsonObject | undefined) ?? {}, name);
      if (given === undefined && (immutable || !visible)) kept[name] = value;
      if (given !== undefined && immutable && visible && !sameJson(given, value)) {
        throw badRequest('mutability', `${attribute.path} cannot be changed once it has a value.`);
      }
    }
    if (Object.keys(kept).length > 0) result = { ...result, [place]: { ...after, ...kept } };
  }
  return result;
}

function spelling(holder: JsonObject, name: string): string {
  const lower = name.toLowerCase();
  return Object.keys(holder).find((key) => key.toLowerCase() === lower) ?? name;
}
