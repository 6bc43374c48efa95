import { isObject, type Attributes, type JsonObject } from '../json.js';
import type { Attribute, ResourceType } from '../schema/resource-type.js';
import { badRequest, type ScimType } from '../scim-error.js';

/** Refuses attributes in which a required one has no value, naming it. Sub-attributes count where their parent is there. */
export function checkRequired(attributes: Attributes, type: ResourceType, scimType: ScimType): void {
  checkHolder(attributes, type.requiring, scimType);
  for (const extension of type.extensions) {
    if (extension.requiring.length === 0) continue;
    const holder = attributes[extension.urn];
    if (isObject(holder)) checkHolder(holder, extension.requiring, scimType);
    else if (extension.required) throw missing(extension.urn, scimType);
  }
}

function checkHolder(holder: JsonObject, requiring: readonly Attribute[], scimType: ScimType): void {
  for (const attribute of requiring) {
    const value = holder[attribute.name];
    if (value === undefined || value === '') {
      if (attribute.required) throw missing(attribute.path, scimType);
      continue;
    }
    const subs = attribute.subAttributes?.filter((sub) => sub.required) ?? [];
    for (const element of Array.isArray(value) ? value : [value]) {
      const absent = subs.find((sub) => !isObject(element) || element[sub.name] === undefined);
      if (absent) throw missing(`${attribute.path}.${absent.name}`, scimType);
    }
  }
}

function missing(path: string, scimType: ScimType) {
  return badRequest(
    scimType,
    scimType === 'mutability'
      ? `${path} is required and cannot be removed; replace it instead.`
      : `${path} is required and has no value.`,
  );
}
