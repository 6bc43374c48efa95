import { isObject, type Attributes, type JsonObject } from '../json.js';
import { applyKey } from '../patch/apply-operation.js';
import { Draft } from '../patch/draft.js';
import { findAttribute, type AttributesByName, type ResourceType } from '../schema/resource-type.js';
import { badRequest, describeValue } from '../scim-error.js';
import { checkRequired } from './check-required.js';
import { notKept } from './not-kept.js';
import { readMembers, type MemberReference } from './read-members.js';
import { checkedName, readUnknown, readValue, unknownAttribute } from './read-value.js';
import { settlePrimary } from './settle-primary.js';
import { excerpt, noteCase, type Warning } from './warning.js';

export interface ParsedResource {
  /** Canonical names, extensions under their URN; without id, schemas, meta, members, groups and password. */
  attributes: Attributes;
  /** Of a group, where the body names them. */
  members?: MemberReference[];
  warnings: Warning[];
}

/**
 * Reads the body of a POST or PUT. Names count regardless of case, null and [] as no value; read-only
 * attributes, `schemas` and `password` are accepted and not kept; what no schema declares is kept as it came.
 * Throws ScimError 400 naming the attribute, what was expected and what came.
 */
export function parseResource(
  body: unknown,
  type: ResourceType,
  options: { checkRequired?: boolean } = {},
): ParsedResource {
  if (!isObject(body))
    throw badRequest('invalidSyntax', `Expected a ${type.name}, got ${describeValue(body)}.`);
  const warnings: Warning[] = [];
  const plain: Attributes = {};
  const odd: string[] = [];
  let members: MemberReference[] | undefined;
  for (const key of Object.keys(body)) {
    const attribute = findAttribute(type.attributes, key);
    if (attribute?.name === 'members') members = readMembers(body[key], warnings);
    else if (attribute) readInto(plain, body, key, type.attributes, '', warnings);
    else if (body[key] !== null) odd.push(key);
  }
  const attributes = odd.length > 0 ? readOddKeys(plain, body, odd, type, warnings) : plain;
  if (attributes['members'] !== undefined) {
    members = readMembers(attributes['members'], warnings);
    delete attributes['members'];
  }
  checkSchemas(body, type, warnings);
  if (options.checkRequired ?? true) checkRequired(attributes, type);
  return { attributes, ...(members && { members }), warnings };
}

function readInto(
  target: Attributes,
  source: Attributes,
  key: string,
  known: AttributesByName,
  prefix: string,
  warnings: Warning[],
  custom?: ResourceType['custom'],
): void {
  const attribute = findAttribute(known, key);
  if (attribute?.mutability === 'readOnly' || (prefix === '' && attribute?.name === 'schemas')) return;
  const name = attribute?.name ?? checkedName(key, prefix);
  let value = attribute
    ? readValue(source[key], attribute, warnings)
    : readUnknown(source[key], prefix + key);
  if (value === undefined) return;
  if (attribute?.returned === 'never') {
    warnings.push(notKept(attribute.path));
    return;
  }
  if (Object.hasOwn(target, name))
    throw badRequest('invalidValue', `${prefix}${name} is given twice. Send it once.`);
  if (attribute) noteCase(key, attribute.name, attribute.path, warnings);
  else warnings.push(unknownAttribute(prefix + key, custom));
  if (attribute?.multiValued && Array.isArray(value)) {
    value = settlePrimary(value, new Set<unknown>(value), attribute.path, warnings);
  }
  target[name] = value;
}

/** Extensions, and keys that take a closer look: dotted, with a URN, of an extension, or in no schema. */
function readOddKeys(
  attributes: Attributes,
  body: Attributes,
  keys: string[],
  type: ResourceType,
  warnings: Warning[],
): Attributes {
  const others: string[] = [];
  for (const key of keys) {
    const value = body[key];
    const lower = key.toLowerCase();
    const extension = type.urns.find((known) => known.urn === lower)?.extension;
    if (!extension || !isObject(value)) {
      others.push(key);
      continue;
    }
    if (key !== extension.urn) {
      warnings.push({ path: extension.urn, detail: `${excerpt(key)} was taken as ${extension.urn}.` });
    }
    const content = (attributes[extension.urn] ?? {}) as Attributes;
    for (const name of Object.keys(value)) {
      readInto(content, value, name, extension.attributes, `${extension.urn}:`, warnings, type.custom);
    }
    if (Object.keys(content).length > 0) attributes[extension.urn] = content;
  }
  if (others.length === 0) return attributes;
  const draft = new Draft(attributes);
  for (const key of others) applyKey({ draft, type, warnings }, 'add', key, body[key]);
  return draft.attributes;
}

/** Clients leave URNs out, add their own, or name extensions they do not send: none of it is refused. */
function checkSchemas(body: JsonObject, type: ResourceType, warnings: Warning[]): void {
  const sent =
    body['schemas'] ?? body[Object.keys(body).find((key) => key.toLowerCase() === 'schemas') ?? ''];
  const named = Array.isArray(sent) ? sent.map((urn) => String(urn)) : [];
  const lower = new Set(named.map((urn) => urn.toLowerCase()));
  const warn = (detail: string) => warnings.push({ path: 'schemas', detail });
  if (!lower.has(type.schema.id.toLowerCase())) warn(`schemas does not name ${type.schema.id}.`);
  const known = [type.schema.id, ...type.extensions.map(({ urn }) => urn)].map((urn) => urn.toLowerCase());
  const carried = new Set(Object.keys(body).map((key) => key.toLowerCase()));
  const strange = named.filter(
    (urn) => !known.includes(urn.toLowerCase()) && !carried.has(urn.toLowerCase()),
  );
  if (strange.length > 0) {
    const shown = strange.slice(0, 5).map(excerpt).join(', ');
    warn(`schemas names ${shown}, which this server does not know.`);
  }
  for (const { urn } of type.extensions) {
    const lowerUrn = urn.toLowerCase();
    if (carried.has(lowerUrn) && !lower.has(lowerUrn))
      warn(`schemas does not name ${urn}, of which attributes were sent.`);
  }
}
