import { parsePath, resolveName, type ResourceType, ScimError } from '@rollcall/scim';

export type ValueType =
  'string' | 'boolean' | 'integer' | 'decimal' | 'dateTime' | 'reference' | 'binary' | 'complex' | 'any';

/** What a source path gives. */
export interface SourceAttribute {
  type: ValueType;
  /** A list of values. */
  many: boolean;
}

/** The hub keeps these apart from the user or group, so mappings do not see them. */
const unavailable = new Set(['groups', 'members', 'meta', 'schemas', 'password']);

/**
 * Throws ScimError for a path that cannot be read, or that names what the schema does not have. Attributes of a
 * schema nobody has declared are kept as they come, so they may be read.
 */
export function sourceAttribute(path: string, type: ResourceType): SourceAttribute {
  const { name, filter, sub } = parsePath(path);
  const { attribute, sub: second, known, urn, extension } = resolveName(name, type);
  if (!attribute) return { type: urn === undefined || extension ? 'complex' : 'any', many: false };
  const undeclared = urn !== undefined && !extension;
  const last =
    sub === undefined ? second : (attribute.subs?.get(sub) ?? attribute.subs?.get(sub.toLowerCase()));
  if (!undeclared && (!known || (sub !== undefined && !last))) {
    throw new ScimError(
      400,
      `${path} is no attribute of a ${type.name.toLowerCase()}. ${advice(name, type)}`,
    );
  }
  if (urn === undefined && unavailable.has(attribute.name)) {
    throw new ScimError(400, `${attribute.name} is not available to mappings. Map another attribute.`);
  }
  return { type: (last ?? attribute).type, many: attribute.multiValued && !filter };
}

/** The same for the steps an expression begins with, which are names and know no case. */
export function checkSteps([first, second]: string[], type: ResourceType): void {
  if (first === undefined) return;
  const isUrn = first.includes(':');
  const path = second === undefined ? first : isUrn ? `${first}:${second}` : `${first}.${second}`;
  sourceAttribute(path, type);
  const { attribute, sub, urn } = resolveName(path, type);
  const proper = isUrn ? [urn, attribute?.name] : [attribute?.name, sub?.name];
  [first, second].forEach((name, at) => {
    if (name === undefined || proper[at] === undefined || proper[at] === name) return;
    throw new ScimError(400, `In an expression upper and lower case count: write ${proper[at]} for ${name}.`);
  });
  if (!isUrn && urn !== undefined) {
    throw new ScimError(400, `${first} belongs to a schema extension: write $Attribute("${first}").`);
  }
}

function advice(name: string, type: ResourceType): string {
  const last = name.slice(name.lastIndexOf(':') + 1).split('.')[0]!;
  const names = [
    ...type.attributes.values(),
    ...type.extensions.flatMap(({ attributes }) => [...attributes.values()]),
  ];
  const near = names.find((each) => isNear(each.name.toLowerCase(), last.toLowerCase()));
  const otherwise = 'Check its spelling, or declare it in a schema of your own.';
  return near ? `Did you mean ${near.path}?` : otherwise;
}

/** One letter too many, too few, wrong, or two swapped. */
export function isNear(a: string, b: string): boolean {
  if (a === b) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const rest = (text: string, skip: number) => text.slice(start + skip);
  return (
    rest(a, 1) === rest(b, 1) ||
    rest(a, 1) === rest(b, 0) ||
    rest(a, 0) === rest(b, 1) ||
    (a[start] === b[start + 1] && a[start + 1] === b[start] && rest(a, 2) === rest(b, 2))
  );
}
