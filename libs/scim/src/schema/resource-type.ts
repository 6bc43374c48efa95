import type { AttributeDefinition, AttributeType, ResourceSchema } from './attribute.js';
import { commonAttributes } from './common-attributes.js';
import { enterpriseUserSchema } from './enterprise-user-schema.js';
import { groupSchema } from './group-schema.js';
import { userSchema } from './user-schema.js';

/**
 * An attribute as the code works with it. `any` is the type of what no schema declares: such values are
 * kept and echoed as they came.
 */
export interface Attribute extends Omit<AttributeDefinition, 'type'> {
  type: AttributeType | 'any';
  /** The full name as messages show it: "name.givenName", "urn:...:User:department". */
  path: string;
  /** Sub-attributes by canonical and by lower-case name. */
  subs: AttributesByName | undefined;
  /** The sub-attribute "value", which stands for the whole where a client names only the attribute. */
  value: Attribute | undefined;
}

export type AttributesByName = ReadonlyMap<string, Attribute>;

export interface Extension {
  urn: string;
  attributes: AttributesByName;
  required: boolean;
  schema: ResourceSchema;
  requiring: readonly Attribute[];
}

/** What a tenant says of one URN beyond the standard: the schema it has added, and what it took away again. */
export interface CustomPart {
  urn: string;
  extension: Extension | undefined;
  /** Lower-case names that were declared once and are not now: their values are kept and not shown. */
  removed: ReadonlySet<string>;
}

export interface ResourceType {
  name: 'User' | 'Group';
  /** Relative to the SCIM base: "/Users". */
  endpoint: string;
  description: string;
  schema: ResourceSchema;
  extensions: readonly Extension[];
  /** Core and common attributes. */
  attributes: AttributesByName;
  /** Those that are required or have required sub-attributes. */
  requiring: readonly Attribute[];
  /** Attributes of extensions, for clients that leave the URN out. Core names win. */
  bareExtensionAttributes: ReadonlyMap<string, { extension: Extension; attribute: Attribute }>;
  /** Lower-case URNs with what they stand for (undefined: the core schema), longest first. */
  urns: readonly { urn: string; extension: Extension | undefined }[];
  /** By lower-case URN. */
  custom: ReadonlyMap<string, CustomPart>;
}

export function findAttribute(attributes: AttributesByName, name: string): Attribute | undefined {
  return attributes.get(name) ?? attributes.get(name.toLowerCase());
}

function compile(definition: AttributeDefinition, path: string): Attribute {
  const subs = definition.subAttributes && byName(definition.subAttributes, `${path}.`);
  return { ...definition, path, subs, value: subs?.get('value') };
}

function byName(definitions: AttributeDefinition[], prefix: string): AttributesByName {
  const map = new Map<string, Attribute>();
  for (const definition of definitions) {
    const compiled = compile(definition, prefix + definition.name);
    map.set(definition.name, compiled);
    map.set(definition.name.toLowerCase(), compiled);
  }
  return map;
}

function index(definitions: AttributeDefinition[], prefix: string) {
  const attributes = byName(definitions, prefix);
  const requiring = [...new Set(attributes.values())].filter(
    (found) => found.required || found.subAttributes?.some((sub) => sub.required),
  );
  return { attributes, requiring };
}

interface ExtensionSchema {
  schema: ResourceSchema;
  required: boolean;
  custom?: boolean;
}

function resourceType(
  name: ResourceType['name'],
  schema: ResourceSchema,
  extensions: readonly ExtensionSchema[],
  removed: readonly { urn: string; attributes: readonly string[] }[] = [],
): ResourceType {
  const compiled = extensions.map((extension): Extension => ({
    urn: extension.schema.id,
    required: extension.required,
    schema: extension.schema,
    ...index(extension.schema.attributes, `${extension.schema.id}:`),
  }));
  const bare: [string, { extension: Extension; attribute: Attribute }][] = compiled
    .toReversed()
    .flatMap((extension) =>
      [...extension.attributes].map(([key, found]): (typeof bare)[number] => [
        key,
        { extension, attribute: found },
      ]),
    );
  const urns = [undefined, ...compiled].flatMap((extension) => {
    const urn = (extension?.urn ?? schema.id).toLowerCase();
    // Samples of Entra leave out the last colon: "...:enterprise:2.0User".
    const scim1 = urn.replace(
      /^urn:ietf:params:(scim:schemas:(?:core|extension:enterprise)):2\.0:.+/,
      'urn:$1:1.0',
    );
    const spellings = new Set([urn, urn.replace(/:([^:]*)$/, '$1'), scim1]);
    return [...spellings].map((spelling) => ({ urn: spelling, extension }));
  });
  const custom = new Map<string, CustomPart>();
  for (const { urn, attributes } of removed) {
    custom.set(urn.toLowerCase(), { urn, extension: undefined, removed: new Set(attributes) });
  }
  extensions.forEach((given, at) => {
    if (!given.custom) return;
    const urn = given.schema.id;
    const gone = custom.get(urn.toLowerCase())?.removed ?? new Set<string>();
    custom.set(urn.toLowerCase(), { urn, extension: compiled[at], removed: gone });
  });
  return {
    name,
    endpoint: `/${name}s`,
    description: schema.description,
    schema,
    extensions: compiled,
    ...index([...commonAttributes, ...schema.attributes], ''),
    bareExtensionAttributes: new Map(bare),
    urns: urns.toSorted((a, b) => b.urn.length - a.urn.length),
    custom,
  };
}

/** The type with one more extension schema; the type itself is left as it is. */
export function withExtension(type: ResourceType, schema: ResourceSchema, required = false): ResourceType {
  return customised(type, [{ schema, required }]);
}

/**
 * The type with what a tenant has added to it and taken away again (names in lower case); the type itself is
 * left as it is. Throws when it has one of the schemas already: see `checkCustomSchema`.
 */
export function customised(
  type: ResourceType,
  schemas: readonly { schema: ResourceSchema; required: boolean }[],
  removed: readonly { urn: string; attributes: readonly string[] }[] = [],
): ResourceType {
  const known = new Set(type.urns.map(({ urn }) => urn));
  for (const { schema } of schemas) {
    const urn = schema.id.toLowerCase();
    if (known.has(urn)) throw new Error(`${type.name} has the schema ${schema.id} already`);
    known.add(urn);
  }
  const before = type.extensions.map(({ schema, required, urn }): ExtensionSchema => ({
    schema,
    required,
    custom: type.custom.has(urn.toLowerCase()),
  }));
  const added = schemas.map((one): ExtensionSchema => ({ ...one, custom: true }));
  return resourceType(type.name, type.schema, [...before, ...added], removed);
}

export const userType = resourceType('User', userSchema, [{ schema: enterpriseUserSchema, required: false }]);
export const groupType = resourceType('Group', groupSchema, []);
