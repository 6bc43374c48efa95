import { isObject } from '@rollcall/scim';
import type { Attributes, AttributeValue, SubjectType } from '../../contract.js';
import { elementOf, elementWith, parseAttributePath, resourceTypes } from './attribute-path.js';

export type Resource = Record<string, unknown>;

/**
 * The body of a POST (RFC 7644 section 3.3) from values keyed by path. Empty values are left out; `schemas`
 * names the extensions that are used; the only email there is becomes the primary one, which many apps require.
 */
export function assembleResource(type: SubjectType, attributes: Attributes): Resource {
  const schemas = [resourceTypes[type].schema.id];
  const resource: Resource = { schemas };
  const elements = new Map<string, Resource>();
  for (const [text, value] of Object.entries(attributes)) {
    if (isEmpty(value)) continue;
    const path = parseAttributePath(type, text);
    if (path.urn !== undefined && !schemas.includes(path.urn)) schemas.push(path.urn);
    const holder = path.urn === undefined ? resource : child(resource, path.urn);
    if (path.where || (path.multiValued && path.sub !== undefined)) {
      const known = elements.get(elementOf(path));
      const element = elementWith(path, value, known);
      if (known) continue;
      elements.set(elementOf(path), element);
      const list = holder[path.attribute];
      if (Array.isArray(list)) list.push(element);
      else holder[path.attribute] = [element];
    } else if (path.sub !== undefined) {
      child(holder, path.attribute)[path.sub] = value;
    } else {
      holder[path.attribute] = value;
    }
  }
  const { emails } = resource;
  if (Array.isArray(emails) && emails.length === 1 && isObject(emails[0])) {
    emails[0] = { primary: true, ...emails[0] };
  }
  return resource;
}

export const isEmpty = (value: AttributeValue | undefined): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

function child(holder: Resource, name: string): Resource {
  const found = holder[name];
  return isObject(found) ? found : ((holder[name] = {}) as Resource);
}
