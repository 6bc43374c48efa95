import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attribute } from '../schema/attribute.js';
import { userType, withExtension } from '../schema/resource-type.js';
import { ScimError } from '../scim-error.js';
import type { Filter } from './filter.js';
import { matches } from './matches.js';
import { normalise } from './normalise.js';
import { parseFilter } from './parse-filter.js';
import { resolve } from './resolve-filter.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const type = withExtension(userType, {
  id: 'urn:acme:2.0:User',
  name: 'Acme',
  description: 'What Acme adds.',
  attributes: [
    attribute({ name: 'floor', type: 'integer', description: 'Floor.' }),
    attribute({ name: 'tags', multiValued: true, description: 'Tags.' }),
    attribute({ name: 'hired', type: 'dateTime', description: 'Hired.' }),
  ],
});

const ada = normalise(
  {
    id: 'Ada-1',
    userName: 'Ada@Example.com',
    externalId: 'AdaL',
    displayName: 'Åda',
    active: true,
    nickName: '',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [
      { type: 'work', value: 'Ada@Example.com', primary: true },
      { type: 'home', value: 'ada@home.example' },
    ],
    meta: { lastModified: '2026-03-01T10:00:00+01:00', resourceType: 'User' },
    badge: 'blue',
    [enterprise]: { department: 'R&D', manager: { value: 'M1' } },
    'urn:acme:2.0:User': { floor: 3, tags: ['Red', 'green'], hired: '2020-02-29' },
    'urn:Other:2.0:User': { Colour: 'Blue', sizes: [1, 2], parts: [{ Kind: 'A' }] },
  },
  type,
);
const holds = (text: string) => matches(resolve(parseFilter(text), type), ada);
function refusal(text: string): ScimError {
  try {
    holds(text);
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
  throw new Error(`was not refused: ${text}`);
}

describe('filters on a user', () => {
  it.each([
    'userName eq "ada@example.COM"',
    'USERNAME eq "ada@example.com"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ADA"',
    'userName co "@ex"',
    'userName ew ".COM"',
    'externalId eq "AdaL"',
    'externalId eq AdaL',
    'id eq "Ada-1"',
    'displayName eq "åda"',
    'name.familyName gt "lovelaca"',
    'name.familyName le "LOVELACE"',
    'name pr',
    'active eq true',
    'active eq "True"',
    'active ne false',
    'nickName eq ""',
    'nickName eq null',
    'not (nickName pr)',
    'title ne "x"',
    'not (title eq "x")',
    'emails eq "ada@home.example"',
    'emails.value sw "ada@home"',
    'emails.type eq "HOME"',
    'emails ne "ada@home.example"',
    'emails pr',
    'emails[type eq "work" and value co "@example.com"]',
    'emails[type eq "work"].value eq "ada@example.com"',
    'emails[type eq "work"] eq "ada@example.com"',
    'emails[primary eq "True"].value pr',
    'emails[not (type eq "work")].value ew "home.example"',
    'emails[primary ne true]',
    'meta.lastModified eq "2026-03-01T09:00:00Z"',
    'meta.lastModified ge "2026-03-01T09:00:00.000Z" and meta.lastModified lt "2026-03-01T09:00:00.001Z"',
    'meta.lastModified sw "2026-03-01t09"',
    'manager eq "m1"',
    'manager.value eq "m1"',
    'manager[value eq "m1"]',
    `${enterprise}:manager.value eq "M1"`,
    `${enterprise}.manager eq "M1"`,
    'id eq "Ada-1" and manager eq "M1"',
    'department eq "r&d"',
    'floor gt 2 and floor le 3',
    'floor eq "3"',
    'tags eq "red"',
    'tags[value sw "gr"]',
    'urn:acme:2.0:User:tags co "ee"',
    'hired lt "2020-03-01"',
    'urn:other:2.0:User:colour eq "BLUE"',
    'urn:other:2.0:User:sizes gt 1',
    'urn:other:2.0:User:parts.kind eq "a"',
    'urn:other:2.0:User:parts[kind eq "a"]',
  ])('meets %s', (text) => {
    expect(holds(text)).toBe(true);
  });

  it.each([
    'externalId eq "adal"',
    'title eq "x"',
    'title co ""',
    'emails eq "nobody@home.example"',
    'emails[type eq "home" and value eq "ada@example.com"]',
    'phoneNumbers[type ne "work"]',
    'emails eq null',
    'manager eq "m2"',
    'id eq "Ada-1" and manager eq "m2"',
    'tags eq "blue"',
    'urn:other:2.0:User:colour gt 1',
    'urn:nobody:2.0:User:knows eq "x"',
  ])('does not meet %s', (text) => {
    expect(holds(text)).toBe(false);
  });

  it.each([
    ['badge eq "blue"', 'badge'],
    ['userNam eq "x"', 'userNam'],
    ['emails.foo eq "x"', 'emails.foo'],
    ['emails[foo eq "x"]', 'foo'],
    ['name eq "x"', 'name.* familyName'],
    ['userName[value eq "x"]', 'userName'],
    ['tags[x eq "y"]', 'tags'],
    ['password eq "x"', 'password'],
    ['active gt true', 'active'],
    ['active eq "yes"', 'active'],
    ['active co "t"', 'active'],
    ['x509Certificates gt "aa"', 'x509Certificates'],
    ['floor eq "third"', 'floor'],
    ['userName gt null', 'userName'],
    ['meta.created gt "yesterday"', 'meta.created'],
    [`${enterprise} eq "x"`, 'schema'],
  ])('refuses %s, naming %s', (text, named) => {
    expect(refusal(text)).toMatchObject({ status: 400, scimType: 'invalidFilter' });
    expect(refusal(text).detail).toMatch(new RegExp(named));
  });

  it('orders text by code point', () => {
    const above = normalise({ displayName: '\u{1F600}' }, type);
    expect(matches(resolve(parseFilter('displayName gt "\uFFFD"'), type), above)).toBe(true);
  });

  it('agrees with De Morgan', () => {
    const terms = [
      'userName sw "a"',
      'title pr',
      'active eq true',
      'emails.value co "home"',
      'emails[type eq "work"]',
      'floor ge 4',
      'manager ne "m1"',
    ].map((text) => parseFilter(text));
    const term = fc.constantFrom(...terms);
    const filter = fc.letrec<{ filter: Filter }>((tie) => ({
      filter: fc.oneof(
        { depthSize: 'small' },
        term,
        fc.record({ kind: fc.constant('not' as const), operand: tie('filter') }),
        fc.record({
          kind: fc.constantFrom('and' as const, 'or' as const),
          operands: fc.tuple(tie('filter'), tie('filter')),
        }),
      ),
    })).filter;
    const resource = fc.record(
      {
        userName: fc.constantFrom('ada', 'Bob'),
        title: fc.constantFrom('', 'x'),
        active: fc.boolean(),
        emails: fc.array(
          fc.record({ type: fc.constantFrom('work', 'home'), value: fc.constantFrom('a@home', 'b') }),
        ),
        'urn:acme:2.0:User': fc.record({ floor: fc.nat(8) }),
      },
      { requiredKeys: [] },
    );
    const no = (operand: Filter): Filter => ({ kind: 'not', operand });
    fc.assert(
      fc.property(filter, filter, resource, (a, b, attributes) => {
        const document = normalise(attributes, type);
        const meets = (it: Filter) => matches(resolve(it, type), document);
        expect(meets(no({ kind: 'and', operands: [a, b] }))).toBe(
          meets({ kind: 'or', operands: [no(a), no(b)] }),
        );
        expect(meets(no({ kind: 'or', operands: [a, b] }))).toBe(
          meets({ kind: 'and', operands: [no(a), no(b)] }),
        );
        expect(meets(no(no(a)))).toBe(meets(a));
      }),
    );
  });
});
