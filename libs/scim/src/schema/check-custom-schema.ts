import { isObject } from '../json.js';
import type { ResourceSchema } from './attribute.js';
import { checkAttributes } from './check-attributes.js';
import { customSchemaLimits } from './custom-schema-limits.js';
import type { CustomSchema } from './custom-schema.js';
import { resolveName } from './resolve-name.js';
import { groupType, userType } from './resource-type.js';
import { Findings, type SchemaProblem } from './schema-problem.js';

const fields = new Set(['id', 'name', 'description', 'resourceType', 'required', 'attributes']);
const example = 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:User';

/** The schemas of the standard, which no tenant changes. */
export const standardSchemas: readonly (ResourceSchema & { resourceType: 'User' | 'Group' })[] = [
  { ...userType.schema, resourceType: 'User' },
  ...userType.extensions.map(({ schema }) => ({ ...schema, resourceType: 'User' as const })),
  { ...groupType.schema, resourceType: 'Group' },
];

/**
 * Reads the definition of an extension schema (RFC 7643 sections 2.1, 3.3 and 7). What may be left out has the
 * defaults of section 2.2. Answers the schema, or everything that is wrong with it.
 */
export function checkCustomSchema(
  given: unknown,
): { schema: CustomSchema; problems?: undefined } | { problems: SchemaProblem[] } {
  const found = new Findings();
  if (!isObject(given)) {
    found.add('', `Send a schema as a JSON object with id, resourceType and attributes.`);
    return { problems: found.problems };
  }
  found.unknownFields(given, fields, '');
  const resourceType = found.oneOf(given, 'resourceType', ['User', 'Group'], 'User');
  const id = checkUrn(given['id'], resourceType, found);
  const schema: CustomSchema = {
    id,
    name: found.text(given, 'name', customSchemaLimits.nameLength) ?? nameFrom(id),
    description: found.text(given, 'description', customSchemaLimits.descriptionLength) ?? '',
    resourceType,
    required: found.flag(given, 'required', false),
    attributes: checkAttributes(given['attributes'], 'attributes', undefined, found),
  };
  return found.problems.length === 0 ? { schema } : { problems: found.problems };
}

/** "urn:...:Contoso:2.0:User" is "Contoso". */
function nameFrom(urn: string): string {
  const parts = urn.split(':').filter((part) => !/^[\d.]+$/.test(part));
  return (parts.length > 2 ? parts.at(-2) : parts.at(-1))?.slice(0, customSchemaLimits.nameLength) ?? '';
}

function checkUrn(id: unknown, resourceType: 'User' | 'Group', found: Findings): string {
  if (typeof id !== 'string' || id === '') {
    found.add('id', `is missing: give the schema a URN, such as ${example}.`);
    return '';
  }
  if (id.length > customSchemaLimits.urnLength || !/^urn:[\w.:+%-]+$/i.test(id)) {
    found.add(
      'id',
      `must be a URN of at most ${customSchemaLimits.urnLength} characters (letters, digits and : . - _ + %), such as ${example}.`,
    );
    return id;
  }
  const lower = id.toLowerCase();
  const standard = [userType, groupType].flatMap(({ urns }) => urns.map(({ urn }) => urn));
  if (
    standard.some((urn) => lower === urn || lower.startsWith(`${urn}:`)) ||
    /^urn:ietf:params:scim:(?:schemas:core|api):/.test(lower)
  ) {
    found.add(
      'id',
      `is reserved by RFC 7643, whose schemas cannot be changed or added to: give your attributes a schema of their own, such as ${example}.`,
    );
    return id;
  }
  // A process that does not know the schema yet must take its attributes' names apart at the same place.
  const type = resourceType === 'User' ? userType : groupType;
  const whole = resolveName(id, type);
  const apart = resolveName(`${id}:x`, type);
  if (whole.urn !== id || whole.attribute || apart.urn !== id || apart.attribute?.name !== 'x') {
    found.add('id', `must end with one version and one name behind it, such as ${example}.`);
  }
  return id;
}

/** What a schema cannot be beside the tenant's other schemas. */
export function checkBeside(schema: CustomSchema, others: readonly CustomSchema[]): SchemaProblem[] {
  const found = new Findings();
  const lower = schema.id.toLowerCase();
  const near = others.find(({ id }) => {
    const other = id.toLowerCase();
    return (
      other === lower ||
      withoutLastColon(other) === lower ||
      other === withoutLastColon(lower) ||
      other.startsWith(`${lower}:`) ||
      lower.startsWith(`${other}:`)
    );
  });
  if (near && near.id.toLowerCase() === lower) {
    found.add('id', `is defined already: change it with PATCH /api/v1/schemas/${near.id}.`);
  } else if (near) {
    found.add('id', `cannot be told from ${near.id} in an attribute's path: choose another URN.`);
  }
  if (others.length >= customSchemaLimits.schemas) {
    found.add(
      'id',
      `is one too many: a tenant has at most ${customSchemaLimits.schemas} schemas. Add the attributes to one of them, or delete one.`,
    );
  }
  return found.problems;
}

const withoutLastColon = (urn: string) => urn.replace(/:([^:]*)$/, '$1');
