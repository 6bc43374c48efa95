import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attribute } from '../schema/attribute.js';
import { groupType, userType, withExtension } from '../schema/resource-type.js';
import { ScimError } from '../scim-error.js';
import { parseResource } from './parse-resource.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const core = userType.schema.id;
const read = (more: object) => parseResource({ schemas: [core], userName: 'ada', ...more }, userType);
const attributes = (more: object) => {
  const { userName: _, ...rest } = read(more).attributes;
  return rest;
};
function refusal(body: unknown, type = userType): ScimError {
  try {
    parseResource(body, type);
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a body that creates or replaces', () => {
  it('gives back values byte for byte, names in canonical spelling', () => {
    const user = {
      displayName: '  Ada  \u{1F600} ',
      title: '',
      name: { formatted: 'Ada\tL', GIVENNAME: 'Ada' },
      PhoneNumbers: [{ Type: 'Work', value: '+47 (22) 33-44' }],
      meta: { resourceType: 'User' },
    };
    expect(attributes(user)).toEqual({
      displayName: '  Ada  \u{1F600} ',
      title: '',
      name: { formatted: 'Ada\tL', givenName: 'Ada' },
      phoneNumbers: [{ type: 'Work', value: '+47 (22) 33-44' }],
    });
  });

  it('drops what the service decides and what it does not keep', () => {
    const ignored = { id: 'x', meta: {}, groups: [{ value: 'g' }], password: 's3cret', schemas: [core] };
    expect(attributes(ignored)).toEqual({});
    expect(attributes({ manager: null, [enterprise]: { manager: { displayName: 'Boss' } } })).toEqual({});
  });

  it('takes plain values for complex attributes, and single ones for many', () => {
    expect(attributes({ emails: 'a@x', roles: ['r'], [enterprise]: { manager: 'm' } })).toEqual({
      emails: [{ value: 'a@x' }],
      roles: [{ value: 'r' }],
      [enterprise]: { manager: { value: 'm' } },
    });
    expect(attributes({ [enterprise]: { manager: '' } })).toEqual({});
    expect(attributes({ title: ['x'] })).toEqual({ title: 'x' });
  });

  it('understands dotted and qualified names, and names of an extension without its URN', () => {
    expect(
      attributes({
        'name.givenName': 'Ada',
        [`${enterprise}:costCenter`]: '7',
        department: 'Ops',
        [`${core}:title`]: 'T',
      }),
    ).toEqual({
      name: { givenName: 'Ada' },
      [enterprise]: { costCenter: '7', department: 'Ops' },
      title: 'T',
    });
  });

  it('keeps what no schema declares, and says so', () => {
    const more = { badge: { a: [1, null] }, 'http://acme/ext': { b: 'c' }, name: { phonetic: 'eyda' } };
    expect(attributes(more)).toEqual(more);
    expect(read(more).warnings.map(({ path }) => path)).toEqual([
      'name.phonetic',
      'badge',
      'http://acme/ext',
    ]);
  });

  it('says when the core schema is not named', () => {
    expect(read({}).warnings).toEqual([]);
    expect(read({ schemas: [] }).warnings).toMatchObject([{ path: 'schemas' }]);
    expect(read({ schemas: 'x' }).warnings).toMatchObject([{ path: 'schemas' }]);
  });

  it('hands over the members of a group beside its attributes', () => {
    const body = { displayName: 'G', members: [{ value: 'a', $ref: null }, 'b'] };
    expect(parseResource(body, groupType)).toMatchObject({
      attributes: { displayName: 'G' },
      members: [{ id: 'a' }, { id: 'b' }],
    });
    expect(parseResource({ displayName: 'G' }, groupType).members).toBeUndefined();
    expect(parseResource({ displayName: 'G', members: [] }, groupType).members).toEqual([]);
    expect(
      parseResource({ displayName: 'G', [`${groupType.schema.id}:members`]: ['a'] }, groupType),
    ).toMatchObject({
      attributes: { displayName: 'G' },
      members: [{ id: 'a' }],
    });
  });

  it('reads the attributes of an extension that was added', () => {
    const type = withExtension(
      userType,
      {
        id: 'urn:acme:2.0:User',
        name: 'Acme',
        description: 'What Acme adds.',
        attributes: [
          attribute({ name: 'floor', type: 'integer', required: true, description: 'Floor.' }),
          attribute({ name: 'share', type: 'decimal', description: 'Share.' }),
          attribute({ name: 'hired', type: 'dateTime', description: 'Hired.' }),
          attribute({
            name: 'keys',
            type: 'complex',
            multiValued: true,
            description: 'Keys.',
            subAttributes: [attribute({ name: 'number', required: true, description: 'Number.' })],
          }),
        ],
      },
      true,
    );
    const acme = (content: object) => ({ userName: 'ada', 'URN:ACME:2.0:USER': content });
    const good = { Floor: '3', share: 0.5, hired: '2020-02-29T00:00:00Z', keys: [{ number: '1' }] };
    expect(parseResource(acme(good), type).attributes['urn:acme:2.0:User']).toEqual({
      floor: 3,
      share: 0.5,
      hired: '2020-02-29T00:00:00Z',
      keys: [{ number: '1' }],
    });
    expect(refusal({ userName: 'ada' }, type).detail).toBe(
      'urn:acme:2.0:User is required and has no value. Map one to it.',
    );
    expect(refusal(acme({ share: 1 }), type).detail).toContain('urn:acme:2.0:User:floor is required');
    expect(refusal(acme({ ...good, keys: [{ x: 'y' }] }), type).detail).toContain('keys.number is required');
    expect(refusal(acme({ ...good, floor: 3.5 }), type).detail).toContain(
      'floor: expected a whole number, got the number 3.5',
    );
    expect(refusal(acme({ ...good, hired: '2021-02-29' }), type).detail).toContain('hired: expected a date');
  });

  it('knows the schemas of SCIM 1 by the URNs they had', () => {
    const body = {
      schemas: ['urn:scim:schemas:core:1.0'],
      userName: 'a',
      'urn:scim:schemas:extension:enterprise:1.0': { Department: 'Ops' },
      'urn:scim:schemas:core:1.0:title': 'Engineer',
    };
    expect(parseResource(body, userType).attributes).toEqual({
      userName: 'a',
      title: 'Engineer',
      [enterprise]: { department: 'Ops' },
    });
  });

  it.each<[unknown, boolean]>([
    [1, true],
    ['1', true],
    [0, false],
    ['0', false],
  ])('takes %j for a boolean', (active, meant) => {
    expect(parseResource({ userName: 'a', active }, userType).attributes['active']).toBe(meant);
  });

  it.each([
    [null, 'Expected a User, got null', 'invalidSyntax'],
    [[], 'Expected a User, got an array of 0', 'invalidSyntax'],
    [{ displayName: 'x' }, 'userName is required', 'invalidValue'],
    [{ userName: '' }, 'userName is required', 'invalidValue'],
    [{ userName: null }, 'userName is required', 'invalidValue'],
    [{ userName: 7 }, 'userName: expected a string, got the number 7', 'invalidValue'],
    [{ userName: ['a', 'b'] }, 'userName: expected a single value, got an array of 2', 'invalidValue'],
    [{ userName: 'a', UserName: 'b' }, 'userName is given twice', 'invalidValue'],
    [
      { userName: 'a', active: 'maybe' },
      'active: expected true or false, got the string "maybe"',
      'invalidValue',
    ],
    [{ userName: 'a', active: 2 }, 'active: expected true or false, got the number 2', 'invalidValue'],
    [{ userName: 'a', name: 'Ada' }, 'name: expected an object, got the string "Ada"', 'invalidValue'],
    [
      { userName: 'a', emails: [{ value: {} }, { value: { a: 1 } }] },
      'emails.value: expected a string',
      'invalidValue',
    ],
    [
      { userName: 'a', emails: [[{ value: 'x' }]] },
      'emails: expected an object, got an array',
      'invalidValue',
    ],
    [{ userName: 'a\0b' }, 'userName: the text holds a NUL', 'invalidValue'],
    [{ userName: 'a', badge: ['\udc00'] }, 'badge: the text holds a NUL or half', 'invalidValue'],
    [{ userName: 'a', 'bad\0ge': 'x' }, 'cannot be used', 'invalidValue'],
    [{ userName: 'a', name: { 'x\ud800': 'x' } }, 'in name cannot be used', 'invalidValue'],
    [{ userName: 'a', badge: Number.POSITIVE_INFINITY }, 'badge: expected a number', 'invalidValue'],
    [
      { userName: 'a', roles: Array.from({ length: 1001 }, () => 'r') },
      'roles: expected at most 1000',
      'invalidValue',
    ],
    [
      {
        userName: 'a',
        emails: [
          { value: 'a', primary: true },
          { value: 'b', primary: 'True' },
        ],
      },
      'emails: primary is true for 2 values',
      'invalidValue',
    ],
    [
      { userName: 'a', x509Certificates: [{ value: '<pem>' }] },
      'x509Certificates.value: expected base64',
      'invalidValue',
    ],
    [{ userName: 'a', [enterprise]: 'x' }, 'expected an object', 'invalidValue'],
  ])('refuses %j', (body, detail, scimType) => {
    const error = refusal(body);
    expect(error).toMatchObject({ status: 400, scimType });
    expect(error.detail).toContain(detail);
  });

  it('quotes in the detail only what can be kept as text', () => {
    const detail = refusal({ userName: 'a', active: `\0\ud800${'\u{1F600}'.repeat(40)}` }).detail;
    expect(detail).toContain('\uFFFD\uFFFD\u{1F600}');
    expect(detail).not.toMatch(/[\0\p{Cs}]/u);
  });

  it('limits depth', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 5000; level++) deep = { a: deep };
    expect(refusal({ userName: 'a', badge: deep }).detail).toContain('badge is nested deeper than');
    expect(refusal({ userName: 'a', name: deep }).detail).toContain('nested deeper than');
  });

  it('is not led to the prototype of objects', () => {
    expect(refusal(JSON.parse('{"userName":"a","__proto__":{"x":1}}')).scimType).toBe('invalidValue');
    expect(refusal(JSON.parse('{"userName":"a","name":{"__proto__":{"x":1}}}')).scimType).toBe(
      'invalidValue',
    );
    expect(attributes({ constructor: 'x', toString: 'y' })).toEqual({ constructor: 'x', toString: 'y' });
  });

  it('reads its own result as the same, and fails with nothing but a ScimError', () => {
    const key = fc.constantFrom(
      'userName',
      'title',
      'name',
      'emails',
      'active',
      'manager',
      enterprise,
      'x',
      'a.b',
      'urn:x:y',
      '[',
    );
    const body = fc.dictionary(
      key,
      fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('x', [{ value: 'v' }], { value: 'v' })),
    );
    fc.assert(
      fc.property(body, (given) => {
        try {
          const once = parseResource({ userName: 'ada', ...given }, userType).attributes;
          expect(parseResource(once, userType).attributes).toEqual(once);
        } catch (error) {
          if (!(error instanceof ScimError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
