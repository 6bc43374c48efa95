import { isObject } from '@rollcall/scim';
import type { AttributeChange, Attributes, SubjectType } from '../../contract.js';
import { isEmpty, type Resource } from './assemble-resource.js';
import {
  attributeOf,
  elementWith,
  parseAttributePath,
  resourceTypes,
  type AttributePath,
} from './attribute-path.js';

/** A copy of the resource with the changes made, for targets that are written whole or attribute by attribute. */
export function changeResource(type: SubjectType, resource: Resource, changes: AttributeChange[]): Resource {
  const next = structuredClone(resource);
  for (const change of changes) {
    const path = parseAttributePath(type, change.attribute);
    if (change.op === 'unset' || isEmpty(change.value)) clear(next, path);
    else set(next, path, change.value);
  }
  return next;
}

/** The attributes the changes touch, each once and whole: `emails` for `emails[type eq "work"].value`. */
export function touchedAttributes(type: SubjectType, changes: AttributeChange[]): AttributePath[] {
  const touched = new Map<string, AttributePath>();
  for (const { attribute } of changes) {
    const path = parseAttributePath(type, attribute);
    touched.set(attributeOf(path), path);
  }
  return [...touched.values()];
}

export function valueAt(resource: Resource, path: AttributePath): unknown {
  const holder = path.urn === undefined ? resource : resource[path.urn];
  return isObject(holder) ? holder[path.attribute] : undefined;
}

/**
 * The resource the target returned with what was written to it and is not in it: RFC 7644 section 3.5.1 lets a target
 * clear what a PUT leaves out. An element of a list is only missed where the list tells its elements apart.
 */
export function withUnreturned(type: SubjectType, resource: Resource, written: Attributes): Resource {
  const missed = Object.entries(written).flatMap(([attribute, value]): AttributeChange[] => {
    const missing = !isEmpty(value) && lacks(resource, parseAttributePath(type, attribute));
    return missing ? [{ op: 'set', attribute, value }] : [];
  });
  const schemas = Array.isArray(resource.schemas) ? resource.schemas : [resourceTypes[type].schema.id];
  return missed.length > 0 ? changeResource(type, { ...resource, schemas }, missed) : resource;
}

function lacks(resource: Resource, path: AttributePath): boolean {
  const found = valueAt(resource, path);
  if (found === undefined || found === null) return true;
  if (path.where) {
    const list = (Array.isArray(found) ? found : [found]).filter(isObject);
    const element = list.find((each) => meets(each, path));
    if (element) return path.sub !== undefined && element[path.sub] === undefined;
    return list.every((each) => path.where!.every(({ attribute: name }) => each[name] !== undefined));
  }
  return path.sub !== undefined && isObject(found) && found[path.sub] === undefined;
}

function set(resource: Resource, path: AttributePath, value: unknown): void {
  const holder = path.urn === undefined ? resource : objectIn(resource, path.urn);
  if (path.urn !== undefined && Array.isArray(resource.schemas) && !resource.schemas.includes(path.urn)) {
    resource.schemas.push(path.urn);
  }
  if (path.where || (path.multiValued && path.sub !== undefined)) {
    const list = listIn(holder, path.attribute);
    const found = list.find((element) => meets(element, path));
    if (!found) list.push(elementWith(path, value));
    else if (path.sub !== undefined) found[path.sub] = value;
    else Object.assign(found, isObject(value) ? value : { value });
  } else if (path.sub !== undefined) {
    objectIn(holder, path.attribute)[path.sub] = value;
  } else {
    holder[path.attribute] = value;
  }
}

function clear(resource: Resource, path: AttributePath): void {
  const holder = path.urn === undefined ? resource : resource[path.urn];
  if (!isObject(holder)) return;
  const whole = path.sub === undefined || path.sub === 'value';
  if (path.where || (path.multiValued && path.sub !== undefined)) {
    const kept = listIn(holder, path.attribute).filter((element) => {
      if (!meets(element, path)) return true;
      if (!whole) delete element[path.sub!];
      return !whole && Object.keys(element).some((name) => name !== 'type' && name !== 'primary');
    });
    if (kept.length > 0) holder[path.attribute] = kept;
    else delete holder[path.attribute];
  } else if (whole) {
    delete holder[path.attribute];
  } else {
    const inner = holder[path.attribute];
    if (!isObject(inner)) return;
    delete inner[path.sub!];
    if (Object.keys(inner).length === 0) delete holder[path.attribute];
  }
  if (path.urn !== undefined && Object.keys(holder).length === 0) delete resource[path.urn];
}

const meets = (element: Resource, { where = [] }: AttributePath): boolean =>
  where.every(({ attribute, value }) => {
    const own = element[attribute];
    return typeof own === 'string' && typeof value === 'string'
      ? own.toLowerCase() === value.toLowerCase()
      : own === value;
  });

function objectIn(holder: Resource, name: string): Resource {
  const found = holder[name];
  return isObject(found) ? found : ((holder[name] = {}) as Resource);
}

function listIn(holder: Resource, name: string): Resource[] {
  const found = holder[name];
  const list = Array.isArray(found) ? found.filter(isObject) : isObject(found) ? [found] : [];
  holder[name] = list;
  return list;
}
