import { isObject, type JsonObject } from '../json.js';
import { attribute, type AttributeDefinition, type AttributeType } from './attribute.js';
import { customSchemaLimits as limits } from './custom-schema-limits.js';
import type { Findings } from './schema-problem.js';

const simpleTypes = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary'] as const;
const fields = new Set([
  'name',
  'type',
  'multiValued',
  'description',
  'required',
  'caseExact',
  'mutability',
  'returned',
  'uniqueness',
  'canonicalValues',
  'referenceTypes',
  'subAttributes',
]);

/** @param complex the attribute whose sub-attributes these are */
export function checkAttributes(
  given: unknown,
  where: string,
  complex: { multiValued: boolean } | undefined,
  found: Findings,
): AttributeDefinition[] {
  const most = complex ? limits.subAttributes : limits.attributes;
  if (!Array.isArray(given) || given.length === 0) {
    found.add(where, 'must be a list of at least one attribute, such as [{"name": "badgeNumber"}].');
    return [];
  }
  if (given.length > most) {
    found.add(
      where,
      `has ${given.length} attributes; at most ${most} are possible. Spread them over several schemas.`,
    );
    return [];
  }
  const places = new Map<string, number>();
  return given.flatMap((one: unknown, at) => {
    const field = `${where}.${at}`;
    if (!isObject(one)) {
      found.add(field, 'must be an object with at least a name.');
      return [];
    }
    const definition = checkAttribute(one, `${field}.`, complex, found);
    const lower = definition.name.toLowerCase();
    const before = places.get(lower);
    places.set(lower, before ?? at);
    if (lower !== '' && before !== undefined) {
      found.add(
        `${field}.name`,
        `is the name of ${where}.${before} too (capital letters do not count): rename or remove one of them.`,
      );
    }
    return [definition];
  });
}

function checkAttribute(
  given: JsonObject,
  within: string,
  complex: { multiValued: boolean } | undefined,
  found: Findings,
): AttributeDefinition {
  found.unknownFields(given, fields, within);
  const name = checkName(given['name'], within, complex !== undefined, found);
  const type = checkType(given, within, complex !== undefined, found);
  const multiValued = found.flag(given, 'multiValued', false, within);
  if (complex && multiValued) {
    found.add(
      `${within}multiValued`,
      'must be false: make the complex attribute multi-valued, not a part of it.',
    );
  }
  const definition = attribute({
    name,
    type,
    multiValued,
    description: found.text(given, 'description', limits.descriptionLength, within) ?? '',
    required: found.flag(given, 'required', false, within),
    mutability: checkMutability(given, within, complex !== undefined, found),
    returned: checkReturned(given, within, found),
    uniqueness: checkUniqueness(given, within, found),
  });
  definition.caseExact = checkCaseExact(given, definition, within, found);
  const canonicalValues = checkCanonicalValues(given['canonicalValues'], definition, within, found);
  const referenceTypes = checkReferenceTypes(given['referenceTypes'], type, within, found);
  const subAttributes = checkSubAttributes(given['subAttributes'], definition, within, found);
  return {
    ...definition,
    ...(canonicalValues && { canonicalValues }),
    ...(referenceTypes && { referenceTypes }),
    ...(subAttributes && { subAttributes }),
  };
}

const operators = new Set(['and', 'or', 'not']);

function checkName(name: unknown, within: string, isSub: boolean, found: Findings): string {
  const field = `${within}name`;
  const isName = typeof name === 'string' && /^[a-z][\w-]*$/i.test(name) && name.length <= limits.nameLength;
  if (!isName && !(isSub && name === '$ref')) {
    found.add(
      field,
      `must begin with a letter and have only letters, digits, "-" and "_" (RFC 7643 section 2.1), at most ${limits.nameLength}.`,
    );
    return '';
  }
  if (operators.has(name.toLowerCase()) || name in {}) {
    found.add(field, `cannot be "${name}", which means something else: choose another name.`);
  }
  return name;
}

function checkType(given: JsonObject, within: string, isSub: boolean, found: Findings): AttributeType {
  if (isSub && given['type'] === 'complex') {
    found.add(
      `${within}type`,
      'cannot be complex: RFC 7643 section 2.3.8 has no complex within complex. Make it an attribute of its own.',
    );
    return 'string';
  }
  return found.oneOf(given, 'type', isSub ? simpleTypes : [...simpleTypes, 'complex'], 'string', within);
}

function checkMutability(given: JsonObject, within: string, isSub: boolean, found: Findings) {
  const mutability = found.oneOf(
    given,
    'mutability',
    ['readWrite', 'immutable', 'readOnly', 'writeOnly'],
    'readWrite',
    within,
  );
  const field = `${within}mutability`;
  if (mutability === 'readOnly') {
    found.add(
      field,
      'cannot be readOnly: only clients give values to it. Use readWrite, or immutable for a value that never changes.',
    );
  } else if (mutability === 'writeOnly') {
    found.add(
      field,
      'cannot be writeOnly: what is kept for the connected apps can be read. Use readWrite; to leave it out of answers set returned to "request".',
    );
  } else if (mutability === 'immutable' && isSub) {
    found.add(field, 'must be readWrite: make the complex attribute immutable as a whole.');
  }
  return mutability;
}

function checkReturned(given: JsonObject, within: string, found: Findings) {
  const returned = found.oneOf(
    given,
    'returned',
    ['default', 'always', 'request', 'never'],
    'default',
    within,
  );
  if (returned === 'never') {
    found.add(
      `${within}returned`,
      'cannot be "never": what is kept for the connected apps can be read. Use "request" to leave it out of answers that do not ask for it.',
    );
  }
  return returned;
}

function checkUniqueness(given: JsonObject, within: string, found: Findings) {
  const uniqueness = found.oneOf(given, 'uniqueness', ['none', 'server', 'global'], 'none', within);
  if (uniqueness !== 'none') {
    found.add(
      `${within}uniqueness`,
      `must be none: unique are userName of users and displayName of groups. Keep the values unique where they come from.`,
    );
  }
  return uniqueness;
}

function checkCaseExact(
  given: JsonObject,
  { type, caseExact }: AttributeDefinition,
  within: string,
  found: Findings,
): boolean {
  const wanted = found.flag(given, 'caseExact', caseExact, within);
  const field = `${within}caseExact`;
  if (type === 'string') return wanted;
  if (wanted !== caseExact) {
    found.add(
      field,
      caseExact
        ? `must be true: a ${type} is always case exact (RFC 7643 sections 2.3.6 and 2.3.7). Leave it out.`
        : `must be false: capital letters mean nothing in a ${type}. Leave it out.`,
    );
  }
  return caseExact;
}

function checkCanonicalValues(
  given: unknown,
  { type, caseExact }: AttributeDefinition,
  within: string,
  found: Findings,
): string[] | undefined {
  if (given === undefined || given === null) return undefined;
  const field = `${within}canonicalValues`;
  const values = Array.isArray(given) ? (given as unknown[]) : [];
  const texts = values.filter(
    (value): value is string => typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(value),
  );
  if (type !== 'string') {
    found.add(field, `is for strings only, not for ${type}: remove it, or make the type string.`);
  } else if (texts.length === 0 || texts.length !== values.length || texts.length > limits.canonicalValues) {
    found.add(
      field,
      `must be a list of 1 to ${limits.canonicalValues} texts of at most 200 characters: remove it when any value is usual.`,
    );
  } else if (new Set(texts.map((text) => (caseExact ? text : text.toLowerCase()))).size < texts.length) {
    found.add(field, 'names a value twice: remove one of the two.');
  } else return texts;
  return undefined;
}

function checkReferenceTypes(
  given: unknown,
  type: AttributeType,
  within: string,
  found: Findings,
): string[] | undefined {
  const field = `${within}referenceTypes`;
  const values = Array.isArray(given) ? (given as unknown[]) : [];
  const known = values.filter((value): value is string =>
    ['User', 'Group', 'external', 'uri'].includes(value as string),
  );
  if (type !== 'reference') {
    if (given === undefined || given === null) return undefined;
    found.add(field, `is for references only, not for ${type}: remove it, or make the type reference.`);
    return undefined;
  }
  if (known.length === 0 || known.length !== values.length || new Set(known).size < known.length) {
    found.add(field, 'must say what the reference leads to: a list of User, Group, external or uri.');
    return undefined;
  }
  return known;
}

function checkSubAttributes(
  given: unknown,
  { type, multiValued }: AttributeDefinition,
  within: string,
  found: Findings,
): AttributeDefinition[] | undefined {
  const field = `${within}subAttributes`;
  if (type === 'complex') return checkAttributes(given, field, { multiValued }, found);
  if (given === undefined || given === null) return undefined;
  found.add(field, `is for complex attributes only, not for ${type}: remove it, or make the type complex.`);
  return undefined;
}
