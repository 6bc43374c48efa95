import { groupType, parsePath, resolveName, userType, type Filter, type ResourceType } from '@rollcall/scim';
import type { SubjectType } from '../../contract.js';

/**
 * A SCIM path (RFC 7644 figure 7) that can be written to: one attribute, perhaps one element of it picked by
 * equality, perhaps one sub-attribute. Names are spelled as the schema has them.
 */
export interface AttributePath {
  /** Extension the attribute belongs to; absent for core attributes. */
  urn?: string;
  attribute: string;
  multiValued: boolean;
  caseExact: boolean;
  /** `emails[type eq "work"]`: what the element must hold. */
  where?: Condition[];
  sub?: string;
}
export interface Condition {
  attribute: string;
  value: string | boolean;
}

export const resourceTypes: Record<SubjectType, ResourceType> = { user: userType, group: groupType };

const parsed = { user: new Map<string, AttributePath>(), group: new Map<string, AttributePath>() };
const mostKept = 5000;

/** Throws a ScimError or TypeError saying what is wrong with the path. */
export function parseAttributePath(type: SubjectType, text: string): AttributePath {
  const known = parsed[type];
  let path = known.get(text);
  if (!path) {
    path = parse(type, text);
    if (known.size >= mostKept) known.clear();
    known.set(text, path);
  }
  return path;
}

/** What is wrong with the path, in words; undefined when it can be written. */
export function checkAttribute(type: SubjectType, text: string): string | undefined {
  try {
    parseAttributePath(type, text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The first path that cannot be written, as the refusal it is. */
export function unwritable(type: SubjectType, paths: string[]) {
  for (const attribute of paths) {
    const message = checkAttribute(type, attribute);
    if (message === undefined) continue;
    const remedy = 'Correct the target attribute in the mapping.';
    return { kind: 'rejected' as const, code: 'invalid-mapping', attribute, message, remedy };
  }
  return undefined;
}

function parse(type: SubjectType, text: string): AttributePath {
  const { name, filter, sub } = parsePath(text);
  const resolved = resolveName(name, resourceTypes[type]);
  if (!resolved.attribute) throw new TypeError(`"${text}" names a whole schema, not an attribute of it.`);
  const last = sub ?? resolved.sub?.name;
  const exact =
    last === undefined ? resolved.attribute : (resolved.attribute.subs?.get(last) ?? resolved.sub);
  return {
    attribute: resolved.attribute.name,
    multiValued: resolved.attribute.multiValued,
    caseExact: exact?.caseExact ?? false,
    ...(resolved.urn !== undefined && { urn: resolved.urn }),
    ...(filter && { where: conditions(filter, text) }),
    ...(last !== undefined && { sub: last }),
  };
}

function conditions(filter: Filter, text: string): Condition[] {
  if (filter.kind === 'and') return filter.operands.flatMap((operand) => conditions(operand, text));
  if (filter.kind === 'compare' && filter.op === 'eq') {
    const { name, value } = filter;
    if (typeof value === 'string' || typeof value === 'boolean') return [{ attribute: name, value }];
  }
  throw new TypeError(`In "${text}" only conditions such as type eq "work", joined by "and", can be used.`);
}

/** The attribute itself, with its URN and without element or sub-attribute. */
export const attributeOf = (path: AttributePath): string =>
  path.urn === undefined ? path.attribute : `${path.urn}:${path.attribute}`;

/** The attribute with the element picked, without sub-attribute. */
export const elementOf = (path: AttributePath): string =>
  path.where ? `${attributeOf(path)}[${path.where.map(printCondition).join(' and ')}]` : attributeOf(path);

export const printCondition = ({ attribute, value }: Condition): string =>
  `${attribute} eq ${JSON.stringify(value)}`;

/** A new element that meets the path's conditions and holds this value. */
export function elementWith(path: AttributePath, value: unknown, element: Record<string, unknown> = {}) {
  for (const each of path.where ?? []) element[each.attribute] ??= each.value;
  if (path.sub !== undefined) element[path.sub] = value;
  else Object.assign(element, typeof value === 'object' ? value : { value });
  return element;
}
