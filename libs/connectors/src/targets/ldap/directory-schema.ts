import type { TargetAttribute } from '../../contract.js';

export interface AttributeType {
  /** The first is the one servers answer with. */
  names: string[];
  superior?: string;
  syntax?: string;
  equality?: string;
  single: boolean;
  readOnly: boolean;
}

export interface ObjectClass {
  names: string[];
  superiors: string[];
  must: string[];
  may: string[];
}

/** The part of a subschema (RFC 4512 section 4.1) that says which attributes entries may have. */
export interface DirectorySchema {
  attributes: Map<string, AttributeType>;
  objectClasses: Map<string, ObjectClass>;
}

export function readSchema(attributeTypes: string[], objectClasses: string[]): DirectorySchema {
  const schema: DirectorySchema = { attributes: new Map(), objectClasses: new Map() };
  for (const definition of attributeTypes) {
    const words = wordsOf(definition);
    const type: AttributeType = {
      names: listAfter(words, 'NAME'),
      superior: listAfter(words, 'SUP')[0],
      syntax: listAfter(words, 'SYNTAX')[0]?.replace(/\{\d+\}$/, ''),
      equality: listAfter(words, 'EQUALITY')[0],
      single: words.includes('SINGLE-VALUE'),
      readOnly: words.includes('NO-USER-MODIFICATION'),
    };
    for (const name of [...type.names, words[0]!]) schema.attributes.set(name.toLowerCase(), type);
  }
  for (const definition of objectClasses) {
    const words = wordsOf(definition);
    const objectClass: ObjectClass = {
      names: listAfter(words, 'NAME'),
      superiors: listAfter(words, 'SUP'),
      must: listAfter(words, 'MUST'),
      may: listAfter(words, 'MAY'),
    };
    for (const name of [...objectClass.names, words[0]!])
      schema.objectClasses.set(name.toLowerCase(), objectClass);
  }
  return schema;
}

/** Of these classes and all they are derived from, under the names servers answer with. */
export function attributesAllowed(
  schema: DirectorySchema,
  classes: string[],
): { must: Set<string>; may: Set<string>; unknown: string[] } {
  const [must, may, seen] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const unknown: string[] = [];
  const open = [...classes];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name.toLowerCase())) continue;
    seen.add(name.toLowerCase());
    const objectClass = schema.objectClasses.get(name.toLowerCase());
    if (!objectClass) {
      unknown.push(name);
      continue;
    }
    for (const attribute of objectClass.must) must.add(canonical(schema, attribute));
    for (const attribute of objectClass.may) may.add(canonical(schema, attribute));
    open.push(...objectClass.superiors);
  }
  return { must, may, unknown };
}

export const canonical = (schema: DirectorySchema, name: string): string =>
  schema.attributes.get(name.toLowerCase())?.names[0] ?? name;

const syntaxes: Record<string, TargetAttribute['type']> = {
  '1.3.6.1.4.1.1466.115.121.1.7': 'boolean',
  '1.3.6.1.4.1.1466.115.121.1.27': 'integer',
  '1.3.6.1.4.1.1466.115.121.1.12': 'reference',
  '1.3.6.1.4.1.1466.115.121.1.34': 'reference',
  '1.3.6.1.4.1.1466.115.121.1.5': 'binary',
  '1.3.6.1.4.1.1466.115.121.1.8': 'binary',
  '1.3.6.1.4.1.1466.115.121.1.28': 'binary',
};

export function describeAttribute(
  schema: DirectorySchema,
  name: string,
): Omit<TargetAttribute, 'required' | 'unique'> {
  const type = schema.attributes.get(name.toLowerCase());
  const { syntax, equality } = inherited(schema, type);
  const single = type?.single ?? false;
  return {
    name,
    type: (syntax !== undefined && syntaxes[syntax]) || 'string',
    multiValued: !single,
    ...(!single && { oneOrMany: true }),
    caseExact: (equality ?? '').startsWith('caseExact'),
    mutability: type?.readOnly ? 'readOnly' : 'readWrite',
  };
}

/** Syntax and matching rule come from the type this one is derived from where it has none of its own. */
function inherited(
  schema: DirectorySchema,
  type: AttributeType | undefined,
  depth = 0,
): { syntax?: string; equality?: string } {
  if (!type || depth > 10) return {};
  const above = type.superior
    ? inherited(schema, schema.attributes.get(type.superior.toLowerCase()), depth + 1)
    : {};
  return { syntax: type.syntax ?? above.syntax, equality: type.equality ?? above.equality };
}

const wordsOf = (definition: string): string[] => {
  const words = definition.match(/'(?:[^'])*'|[()$]|[^\s()$']+/g) ?? [];
  return words.slice(1, -1).map((word) => word.replace(/^'|'$/g, ''));
};

function listAfter(words: string[], keyword: string): string[] {
  const at = words.indexOf(keyword);
  if (at < 0) return [];
  if (words[at + 1] !== '(') return [words[at + 1] ?? ''];
  return words.slice(at + 2, words.indexOf(')', at)).filter((word) => word !== '$');
}
