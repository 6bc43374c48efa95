import {
  findAttribute,
  type Attribute,
  type AttributesByName,
  type Extension,
  type ResourceType,
} from './resource-type.js';

/**
 * What an attribute name means. Without `attribute`: an extension as a whole, or with no `urn` either the
 * core schema as a whole. `known` is false when a schema would have had to declare it and does not.
 */
export interface ResolvedName {
  urn: string | undefined;
  extension: Extension | undefined;
  attribute: Attribute | undefined;
  sub: Attribute | undefined;
  known: boolean;
}

export function untypedAttribute(name: string, path: string): Attribute {
  return {
    name,
    path,
    type: 'any',
    multiValued: false,
    description: '',
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    subs: undefined,
    value: undefined,
  };
}

/**
 * A URN that no schema of ours has, taken apart at its version: "urn:x:2.0:User" + "costCenter". Those of
 * SCIM 1 end with it: "urn:scim:schemas:extension:acme:1.0" + "costCenter".
 */
const versionedUrn =
  /^(urn:scim:schemas:.+?:\d+(?:\.\d+)+|urn:(?!scim:schemas:).+?:\d+(?:\.\d+)+:[^:.]+)(?:[:.](.+))?$/i;

function splitUrn(
  name: string,
  type: ResourceType,
): { urn?: string; extension?: Extension; rest?: string; known: boolean } {
  const lower = name.toLowerCase();
  for (const { urn, extension } of type.urns) {
    if (!lower.startsWith(urn)) continue;
    const next = lower[urn.length];
    // "User.manager" with a dot is what Entra sent before 2018.
    if (next !== undefined && next !== ':' && next !== '.') continue;
    const rest = name.slice(urn.length + 1);
    return { urn: extension?.urn, extension, rest: rest === '' ? undefined : rest, known: true };
  }
  const versioned = versionedUrn.exec(name);
  if (versioned) return { urn: versioned[1], rest: versioned[2], known: false };
  const colon = name.lastIndexOf(':');
  return { urn: name.slice(0, colon), rest: name.slice(colon + 1), known: false };
}

/**
 * Resolves a name such as "name.givenName", "department" or "urn:...:User:manager.value" against a type.
 * Names are compared regardless of case; a bare name that the core schema lacks is looked for in the extensions.
 */
export function resolveName(name: string, type: ResourceType): ResolvedName {
  const plain = findAttribute(type.attributes, name);
  if (plain) return { urn: undefined, extension: undefined, attribute: plain, sub: undefined, known: true };

  const qualified = name.includes(':');
  const place = qualified ? splitUrn(name, type) : { urn: undefined, rest: name, known: true };
  if (place.rest === undefined) {
    return {
      urn: place.urn,
      extension: place.extension,
      attribute: undefined,
      sub: undefined,
      known: place.known,
    };
  }

  const dot = place.rest.indexOf('.');
  const first = dot === -1 ? place.rest : place.rest.slice(0, dot);
  const second = dot === -1 ? undefined : place.rest.slice(dot + 1);
  const attributes = place.extension?.attributes ?? (place.known ? type.attributes : noAttributes);
  let { urn, extension } = place;
  let attribute = findAttribute(attributes, first);
  if (!attribute && !qualified) {
    const bare =
      type.bareExtensionAttributes.get(first) ?? type.bareExtensionAttributes.get(first.toLowerCase());
    if (bare) ({ attribute, extension } = bare);
    urn = extension?.urn;
  }
  const prefix = urn === undefined ? '' : `${urn}:`;
  const sub = second === undefined ? undefined : resolveSub(attribute, second, `${prefix}${first}.${second}`);
  return {
    urn,
    extension,
    attribute: attribute ?? untypedAttribute(first, prefix + first),
    sub,
    known: attribute !== undefined && (sub === undefined || sub.type !== 'any'),
  };
}

const noAttributes: AttributesByName = new Map();

function resolveSub(attribute: Attribute | undefined, name: string, path: string): Attribute {
  return (attribute?.subs && findAttribute(attribute.subs, name)) ?? untypedAttribute(name, path);
}
