import type { Attributes, AttributeValue, SubjectType } from '../../contract.js';
import { meets, parseAttributePath, type AttributePath } from './attribute-path.js';

export type Resource = Record<string, unknown>;

export const coreSchema: Record<SubjectType, string> = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
};
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/**
 * The body of a POST (RFC 7644 section 3.3) from values keyed by path. Empty values are left out; `schemas`
 * names the extensions that are used; the only email there is becomes the primary one, which many apps require.
 */
export function assembleResource(type: SubjectType, attributes: Attributes): Resource {
  const schemas = [coreSchema[type]];
  const resource: Resource = { schemas };
  for (const [text, value] of Object.entries(attributes)) {
    if (isEmpty(value)) continue;
    const path = parseAttributePath(text);
    if (path.urn !== undefined && !schemas.includes(path.urn)) schemas.push(path.urn);
    put(path.urn === undefined ? resource : child(resource, path.urn), path, value);
  }
  const { emails } = resource;
  if (Array.isArray(emails) && emails.length === 1) emails[0] = { primary: true, ...(emails[0] as object) };
  return resource;
}

export const isEmpty = (value: AttributeValue | undefined): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

function put(holder: Resource, path: AttributePath, value: AttributeValue): void {
  if (path.where) {
    const elements = (holder[path.attribute] ??= []) as unknown[];
    const wanted = Object.fromEntries(path.where.map((each) => [each.attribute, each.value]));
    let element = elements.find((each) => meets(each, path.where!)) as Resource | undefined;
    if (!element) elements.push((element = wanted));
    if (path.sub !== undefined) element[path.sub] = value;
    else Object.assign(element, typeof value === 'object' ? value : { value });
  } else if (path.sub !== undefined) {
    child(holder, path.attribute)[path.sub] = value;
  } else {
    holder[path.attribute] = value;
  }
}

function child(holder: Resource, name: string): Resource {
  const found = holder[name];
  if (typeof found === 'object' && found !== null && !Array.isArray(found)) return found as Resource;
  return (holder[name] = {}) as Resource;
}
