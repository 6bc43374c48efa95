import { isObject, type Attributes, type JsonObject } from '../json.js';
import {
  findAttribute,
  type Attribute,
  type AttributesByName,
  type ResourceType,
} from '../schema/resource-type.js';
import { resolveName } from '../schema/resolve-name.js';

/** The query parameters of RFC 7644 section 3.9, as a list or as the comma-separated text. */
export interface ProjectionParameters {
  attributes?: string | string[];
  excludedAttributes?: string | string[];
}

/** Keys named in a request: a whole value (true) or parts of it. */
type Selection = Map<string, true | Selection>;

/**
 * The part of a resource that a response holds: what is returned always, what was asked for or is returned by
 * default, never a password. With both parameters, `attributes` chooses and `excludedAttributes` takes away.
 * Names no schema has are ignored unless the resource has them.
 */
export function projectResource(
  resource: Attributes,
  type: ResourceType,
  parameters: ProjectionParameters,
): Attributes {
  const wanted = select(parameters.attributes, type);
  const unwanted = select(parameters.excludedAttributes, type);
  const result: Attributes = {};
  for (const key of Object.keys(resource)) {
    const attribute = findAttribute(type.attributes, key);
    const value = resource[key];
    const extension = !attribute && key.includes(':') && isObject(value);
    const attributes =
      type.urns.find((known) => known.urn === key.toLowerCase())?.extension?.attributes ?? none;
    const projected = extension
      ? projectObject(
          value,
          attributes,
          wanted && (wanted.get(key.toLowerCase()) ?? nothing),
          unwanted?.get(key.toLowerCase()),
        )
      : project(
          value,
          attribute,
          wanted && (wanted.get(key.toLowerCase()) ?? nothing),
          unwanted?.get(key.toLowerCase()),
        );
    if (projected !== undefined) result[key] = projected;
  }
  return result;
}

/** Whether the response needs an attribute at all: so a group's members are not even read when they are not wanted. */
export function isWanted(name: string, type: ResourceType, parameters: ProjectionParameters): boolean {
  const attribute = findAttribute(type.attributes, name);
  const wanted = select(parameters.attributes, type);
  const unwanted = select(parameters.excludedAttributes, type);
  const key = name.toLowerCase();
  return isReturned(attribute, wanted && (wanted.get(key) ?? nothing), unwanted?.get(key));
}

const nothing: Selection = new Map();
const none: AttributesByName = new Map();

function isReturned(
  attribute: Attribute | undefined,
  wanted: true | Selection | undefined,
  unwanted: true | Selection | undefined,
): boolean {
  const returned = attribute?.returned ?? 'default';
  if (returned === 'always') return true;
  if (returned === 'never' || unwanted === true) return false;
  if (wanted === undefined) return returned === 'default';
  return wanted === true || wanted.size > 0;
}

function project(
  value: unknown,
  attribute: Attribute | undefined,
  wanted: true | Selection | undefined,
  unwanted: true | Selection | undefined,
): unknown {
  if (!isReturned(attribute, wanted, unwanted)) return undefined;
  const parts = wanted === true || wanted === undefined || wanted.size === 0 ? undefined : wanted;
  const without = unwanted === true || unwanted === undefined ? undefined : unwanted;
  if (!parts && !without) return value;
  const subs = attribute?.subs ?? none;
  if (!Array.isArray(value)) return isObject(value) ? projectObject(value, subs, parts, without) : value;
  const elements = value
    .map((element) => (isObject(element) ? projectObject(element, subs, parts, without) : element))
    .filter((element) => element !== undefined);
  return elements.length > 0 ? elements : undefined;
}

function projectObject(
  value: JsonObject,
  attributes: AttributesByName,
  wanted: true | Selection | undefined,
  unwanted: true | Selection | undefined,
): JsonObject | undefined {
  if (unwanted === true) return undefined;
  const result: JsonObject = {};
  let empty = true;
  for (const key of Object.keys(value)) {
    const name = key.toLowerCase();
    const part = wanted === true || wanted === undefined ? wanted : (wanted.get(name) ?? nothing);
    const projected = project(value[key], findAttribute(attributes, key), part, unwanted?.get(name));
    if (projected === undefined) continue;
    result[key] = projected;
    empty = false;
  }
  return empty ? undefined : result;
}

function select(names: string | string[] | undefined, type: ResourceType): Selection | undefined {
  const list = (typeof names === 'string' ? names.split(',') : (names ?? []))
    .map((name) => name.trim())
    .filter(Boolean);
  if (list.length === 0) return undefined;
  const selection: Selection = new Map();
  for (const name of list) {
    const { urn, attribute, sub } = resolveName(name.replace(/\[.*\]/, ''), type);
    const keys = [urn, attribute?.name, sub?.name]
      .filter((key) => key !== undefined)
      .map((key) => key.toLowerCase());
    mark(selection, keys);
  }
  return selection;
}

function mark(selection: Selection, keys: string[]): void {
  const [key, ...rest] = keys;
  if (key === undefined) return;
  const known = selection.get(key);
  if (known === true) return;
  if (rest.length === 0) {
    selection.set(key, true);
    return;
  }
  const inner = known ?? new Map<string, true | Selection>();
  selection.set(key, inner);
  mark(inner, rest);
}
