import { attributesAllowed, type DirectorySchema, readSchema } from '../ldap/directory-schema.js';
import { textsOf, type Work } from '../ldap/server-link.js';
import type { SubjectType } from '../../contract.js';
import type { Domain } from './domain.js';

export interface DomainSchema {
  directory: DirectorySchema;
  /** What the auxiliary classes add, by class. */
  rules: DirectorySchema;
  /** Lower case. */
  readOnly: Set<string>;
}

/** The schema as domain controllers give it (MS-ADTS section 3.1.1.3.1.1.1): three lists, of which only two are standard. */
export async function readDomainSchema(domain: Domain, work: Work): Promise<DomainSchema> {
  const { subschema } = await domain.facts(work);
  const [entry] = await domain.search(work, subschema, {
    scope: 'base',
    attributes: ['attributeTypes', 'objectClasses', 'dITContentRules', 'extendedAttributeInfo'],
  });
  const attributeTypes = textsOf(entry, 'attributeTypes');
  return {
    directory: readSchema(attributeTypes, textsOf(entry, 'objectClasses')),
    rules: readSchema(attributeTypes, textsOf(entry, 'dITContentRules')),
    readOnly: new Set(
      textsOf(entry, 'extendedAttributeInfo').flatMap((text) => {
        const [, name] = / SYSTEM-ONLY\b/.test(text) ? (/NAME '([\w-]+)'/.exec(text) ?? []) : [];
        return name === undefined ? [] : [name.toLowerCase()];
      }),
    ),
  };
}

/** Under the names entries come with. */
export function attributesOf(schema: DomainSchema, type: SubjectType): string[] {
  const own = attributesAllowed(schema.directory, [type]);
  const added = attributesAllowed(schema.rules, [type]);
  return [...new Set([...own.must, ...own.may, ...added.must, ...added.may])];
}
