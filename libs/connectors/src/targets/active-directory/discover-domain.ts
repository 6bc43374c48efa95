import type { Discovery, Outcome, SubjectType, TargetAttribute } from '../../contract.js';
import { describeAttribute } from '../ldap/directory-schema.js';
import type { Work } from '../ldap/server-link.js';
import { flagNames } from './account-control.js';
import type { Domain } from './domain.js';
import { attributesOf, type DomainSchema, readDomainSchema } from './domain-schema.js';
import { capabilitiesWith } from './manifest.js';
import { checkAttribute, parentName, passwordName } from './object-values.js';

/** The attributes that accounts and groups may have, from the schema of the domain. */
export async function discoverDomain(domain: Domain, work: Work): Promise<Outcome<Discovery>> {
  const schema = await readDomainSchema(domain, work);
  const types: SubjectType[] = domain.settings.groups ? ['user', 'group'] : ['user'];
  return {
    kind: 'ok',
    value: {
      objectTypes: types.map((type) => ({ type, attributes: describe(type, schema) })),
      capabilities: capabilitiesWith(domain.settings),
      assumptions: [],
    },
    calls: work.calls,
  };
}

const unique = new Set(['samaccountname', 'userprincipalname']);

function describe(type: SubjectType, schema: DomainSchema): TargetAttribute[] {
  const special = specialAttributes(type);
  const named = new Set(special.map(({ name }) => name));
  const described = attributesOf(schema, type)
    .filter((name) => !named.has(name))
    .map((name): TargetAttribute => {
      const readOnly = checkAttribute(type, name) !== undefined || schema.readOnly.has(name.toLowerCase());
      return {
        ...describeAttribute(schema.directory, name),
        ...(readOnly && { mutability: 'readOnly' as const }),
        required: name === 'cn',
        unique: unique.has(name.toLowerCase()),
      };
    });
  return [...described, ...special];
}

const single = (name: string, type: TargetAttribute['type']): TargetAttribute => ({
  name,
  type,
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  unique: false,
});

/** What a mapping may name though the schema has it otherwise, or not at all. */
const specialAttributes = (type: SubjectType): TargetAttribute[] => [
  single(parentName, 'string'),
  ...(type === 'user'
    ? [
        ...flagNames.map((name) => single(name, 'boolean')),
        single('accountExpires', 'dateTime'),
        { ...single(passwordName, 'string'), caseExact: true, mutability: 'writeOnly' as const },
      ]
    : []),
];
