/**
 * The part of RFC 7644 figure 7 that an outgoing mapping needs: one attribute, perhaps one element of it
 * picked by equality, perhaps one sub-attribute. Unlike a filter, such a path can be written to as well as read.
 */
export interface AttributePath {
  /** Extension the attribute belongs to; absent for core attributes. */
  urn?: string;
  attribute: string;
  /** `emails[type eq "work"]`: what the element must hold. */
  where?: Condition[];
  sub?: string;
}
export interface Condition {
  attribute: string;
  value: string | boolean;
}

const shape = /^(?:(urn:[^[\]\s]+):)?([A-Za-z$][\w$-]*)(?:\[(.+)\])?(?:\.([A-Za-z$][\w$-]*))?$/;
const condition = /^\s*([A-Za-z$][\w$-]*)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*(?:and\s+|$)/i;
const coreUrn = /^urn:ietf:params:scim:schemas:core:2\.0:(User|Group)$/i;

const parsed = new Map<string, AttributePath>();

/** Throws a TypeError that says what is wrong: mappings are checked with it before they are kept. */
export function parseAttributePath(text: string): AttributePath {
  let path = parsed.get(text);
  if (!path) {
    path = parse(text);
    if (parsed.size > 5000) parsed.clear();
    parsed.set(text, path);
  }
  return path;
}

function parse(text: string): AttributePath {
  const match = shape.exec(text);
  if (!match) {
    throw new TypeError(
      `"${text}" is not an attribute path. Examples: userName, name.givenName, emails[type eq "work"].value`,
    );
  }
  const [, urn, attribute, filter, sub] = match;
  const path: AttributePath = { attribute: attribute! };
  if (urn !== undefined && !coreUrn.test(urn)) path.urn = urn;
  if (filter !== undefined) path.where = conditions(filter, text);
  if (sub !== undefined) path.sub = sub;
  return path;
}

function conditions(filter: string, text: string): Condition[] {
  const found: Condition[] = [];
  let rest = filter;
  while (rest !== '') {
    const match = condition.exec(rest);
    if (!match)
      throw new TypeError(
        `In "${text}" only conditions such as type eq "work", joined by "and", can be used.`,
      );
    found.push({
      attribute: match[1]!,
      value: JSON.parse(match[2]!.startsWith('"') ? match[2]! : match[2]!.toLowerCase()),
    });
    rest = rest.slice(match[0].length);
  }
  return found;
}

/** The attribute itself, with its URN and without element or sub-attribute. */
export const attributeOf = (path: AttributePath): string =>
  path.urn === undefined ? path.attribute : `${path.urn}:${path.attribute}`;

/** The attribute with the element picked, without sub-attribute. */
export const elementOf = (path: AttributePath): string =>
  path.where ? `${attributeOf(path)}[${path.where.map(printCondition).join(' and ')}]` : attributeOf(path);

const printCondition = ({ attribute, value }: Condition): string =>
  `${attribute} eq ${JSON.stringify(value)}`;

export const meets = (element: unknown, where: Condition[]): boolean =>
  typeof element === 'object' &&
  element !== null &&
  where.every(({ attribute, value }) => sameText((element as Record<string, unknown>)[attribute], value));

function sameText(found: unknown, wanted: string | boolean): boolean {
  return String(found ?? false).toLowerCase() === String(wanted).toLowerCase();
}
