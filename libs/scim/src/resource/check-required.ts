import { isObject, type Attributes, type JsonObject } from '../json.js';
import type { Attribute, ResourceType } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';

/**
 * Refuses attributes in which a required one has no value, naming it. Sub-attributes count where their parent is
 * there.
 */
export function checkRequired(attributes: Attributes, type: ResourceType): void {
  const [path] = missing(attributes, type);
  if (path !== undefined)
    throw badRequest('invalidValue', `${path} is required and has no value. Map one to it.`);
}

/**
 * Refuses a change that takes the value of a required attribute away. One that had none before stands in no
 * change's way: it was stored before a tenant made the attribute required.
 */
export function checkStillThere(before: Attributes, after: Attributes, type: ResourceType): void {
  const gone = missing(after, type);
  if (gone.length === 0) return;
  const lacked = new Set(missing(before, type));
  const path = gone.find((candidate) => !lacked.has(candidate));
  if (path === undefined) return;
  throw badRequest('mutability', `${path} is required and cannot be removed; replace it instead.`);
}

function missing(attributes: Attributes, type: ResourceType): string[] {
  const paths = missingIn(attributes, type.requiring);
  for (const extension of type.extensions) {
    if (extension.requiring.length === 0 && !extension.required) continue;
    const holder = attributes[extension.urn];
    if (isObject(holder)) paths.push(...missingIn(holder, extension.requiring));
    else if (extension.required) paths.push(extension.urn);
  }
  return paths;
}

function missingIn(holder: JsonObject, requiring: readonly Attribute[]): string[] {
  const paths: string[] = [];
  for (const attribute of requiring) {
    const value = holder[attribute.name];
    if (value === undefined || value === '') {
      if (attribute.required) paths.push(attribute.path);
      continue;
    }
    const subs = attribute.subAttributes?.filter((sub) => sub.required) ?? [];
    for (const element of Array.isArray(value) ? value : [value]) {
      const absent = subs.find((sub) => !isObject(element) || element[sub.name] === undefined);
      if (absent) paths.push(`${attribute.path}.${absent.name}`);
    }
  }
  return paths;
}
