import { expect, it } from 'vitest';
import { attributesAllowed, describeAttribute, readSchema } from './directory-schema.js';

const schema = readSchema(
  [
    "( 2.5.4.41 NAME 'name' DESC 'RFC4519: the SUP of many' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32768} )",
    "( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )",
    "( 2.5.4.4 NAME ( 'sn' 'surname' ) SUP name )",
    "( 2.16.840.1.113730.3.1.39 NAME 'preferredLanguage' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )",
    "( 0.9.2342.19200300.100.1.10 NAME 'manager' EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 )",
    "( 1.3.6.1.1.16.4 NAME 'entryUUID' SYNTAX 1.3.6.1.1.16.1 SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation )",
    "( 1.2.3 NAME 'flag' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )",
  ],
  [
    "( 2.5.6.0 NAME 'top' ABSTRACT MUST objectClass )",
    "( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ commonName ) MAY ( flag ) )",
    "( 2.16.840.1.113730.3.2.2 NAME 'inetOrgPerson' SUP person STRUCTURAL MAY ( manager $ preferredLanguage ) )",
  ],
);

it('attributes of a class and of all it is derived from, under the names servers answer with', () => {
  const { must, may, unknown } = attributesAllowed(schema, ['INETORGPERSON', 'martian']);
  expect([...must].sort()).toEqual(['cn', 'objectClass', 'sn']);
  expect([...may].sort()).toEqual(['flag', 'manager', 'preferredLanguage']);
  expect(unknown).toEqual(['martian']);
});

it.each([
  ['cn', { type: 'string', multiValued: true, oneOrMany: true, caseExact: false, mutability: 'readWrite' }],
  ['preferredLanguage', { type: 'string', multiValued: false }],
  ['manager', { type: 'reference', multiValued: true }],
  ['flag', { type: 'boolean', caseExact: true }],
  ['entryUUID', { mutability: 'readOnly' }],
  ['unheardOf', { type: 'string', multiValued: true, oneOrMany: true }],
])('describes %s', (name, wanted) => {
  expect(describeAttribute(schema, name)).toMatchObject({ name, ...wanted });
});
