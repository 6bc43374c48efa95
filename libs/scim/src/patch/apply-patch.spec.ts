import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../json.js';
import { attribute } from '../schema/attribute.js';
import { groupType, userType, withExtension } from '../schema/resource-type.js';
import { ScimError } from '../scim-error.js';
import { applyPatch } from './apply-patch.js';
import { parsePatch, type PatchOperation } from './parse-patch.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ada: Attributes = {
  userName: 'ada',
  name: { givenName: 'Ada' },
  emails: [{ type: 'work', value: 'w@x', primary: true }, { value: 'plain@x' }],
  [enterprise]: { department: 'Ops' },
};
const patch = (before: Attributes, ...Operations: unknown[]) =>
  applyPatch(before, parsePatch({ Operations }), userType).attributes;

function refusal(...operations: unknown[]): ScimError {
  try {
    patch(ada, ...operations);
  } catch (error) {
    if (error instanceof ScimError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('PATCH by RFC 7644 section 3.5.2', () => {
  it('add appends what is new and leaves what is there', () => {
    const value = [{ value: 'plain@x' }, { type: 'home', value: 'h@x' }];
    expect(patch(ada, { op: 'add', path: 'emails', value })['emails']).toEqual([
      ...(ada['emails'] as object[]),
      { type: 'home', value: 'h@x' },
    ]);
    expect(patch(ada, { op: 'add', path: 'emails', value: [{ value: 'plain@x' }] })).toBe(ada);
  });

  it('a value made primary takes the mark from the other', () => {
    const after = patch(ada, { op: 'add', path: 'emails', value: { value: 'n@x', primary: true } });
    expect(after['emails']).toEqual([
      { type: 'work', value: 'w@x', primary: false },
      { value: 'plain@x' },
      { value: 'n@x', primary: true },
    ]);
  });

  it('replace through a filter replaces the selected value, which stays selected', () => {
    const after = patch(ada, { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'n@x' } });
    expect(after['emails']).toEqual([{ type: 'work', value: 'n@x' }, { value: 'plain@x' }]);
  });

  it('add through a filter merges into the selected value', () => {
    const after = patch(ada, { op: 'add', path: 'emails[type eq "work"]', value: { display: 'W' } });
    expect((after['emails'] as object[])[0]).toEqual({
      type: 'work',
      value: 'w@x',
      primary: true,
      display: 'W',
    });
  });

  it('remove through a filter removes the selected values, and the attribute with the last', () => {
    expect(patch(ada, { op: 'remove', path: 'emails[type eq "work"]' })['emails']).toEqual([
      { value: 'plain@x' },
    ]);
    expect(patch(ada, { op: 'remove', path: 'emails[value pr]' })).not.toHaveProperty('emails');
    expect(patch(ada, { op: 'remove', path: 'emails[type eq "home"]' })).toBe(ada);
  });

  it('remove of the last sub-attribute that says something removes the value', () => {
    const after = patch(ada, { op: 'remove', path: 'emails[type eq "work"].value' });
    expect(after['emails']).toEqual([{ value: 'plain@x' }]);
    expect(patch(ada, { op: 'remove', path: 'name.givenName' })).not.toHaveProperty('name');
    expect(patch(ada, { op: 'remove', path: `${enterprise}:department` })).not.toHaveProperty(enterprise);
  });

  it('remove with values removes only those', () => {
    const after = patch(ada, { op: 'Remove', path: 'emails', value: [{ value: 'PLAIN@x' }] });
    expect(after['emails']).toEqual([{ type: 'work', value: 'w@x', primary: true }]);
    expect(patch(ada, { op: 'Remove', path: 'emails', value: [{ value: 'other@x' }] })).toBe(ada);
    expect(patch(ada, { op: 'remove', path: 'emails' })).not.toHaveProperty('emails');
  });

  it('an extension as a whole is merged, and removed', () => {
    const after = patch(ada, { op: 'add', path: enterprise, value: { costCenter: '7', Department: null } });
    expect(after[enterprise]).toEqual({ costCenter: '7' });
    expect(patch(ada, { op: 'remove', path: enterprise })).not.toHaveProperty(enterprise);
    const whole = patch(ada, { op: 'replace', value: { [enterprise]: { manager: 'm' } } });
    expect(whole[enterprise]).toEqual({ department: 'Ops', manager: { value: 'm' } });
  });

  it('parts the attribute from a URN of SCIM 1, which ends with its version', () => {
    const urn = 'urn:scim:schemas:extension:acme:1.0';
    const after = patch(
      { ...ada, [urn]: { status: 1, rank: 2 } },
      { op: 'replace', path: `${urn}:status`, value: 3 },
    );
    expect(after[urn]).toEqual({ status: 3, rank: 2 });
    expect(patch(after, { op: 'remove', path: `${urn}:rank` })[urn]).toEqual({ status: 3 });
  });

  it('null within an object removes that part', () => {
    const before = { ...ada, name: { givenName: 'Ada', middleName: 'King' } };
    expect(patch(before, { op: 'replace', value: { name: { middleName: null } } })['name']).toEqual({
      givenName: 'Ada',
    });
  });

  it('read-only attributes that a client sends back are ignored without a path, refused with one', () => {
    expect(
      patch(ada, { op: 'replace', value: { id: 'x', meta: {}, schemas: [], groups: [], userName: 'b' } }),
    ).toEqual({
      ...ada,
      userName: 'b',
    });
    expect(refusal({ op: 'replace', path: 'id', value: 'x' })).toMatchObject({
      scimType: 'mutability',
      status: 400,
    });
    expect(refusal({ op: 'add', path: 'groups', value: [{ value: 'g' }] }).detail).toContain('groups');
    expect(refusal({ op: 'add', path: 'manager.displayName', value: 'x' }).scimType).toBe('mutability');
  });

  it('a password is accepted and not kept', () => {
    expect(patch(ada, { op: 'replace', path: 'password', value: 'secret' })).toBe(ada);
    expect(patch(ada, { op: 'replace', value: { password: 'secret' } })).toBe(ada);
  });

  it.each([
    [{ op: 'remove', path: 'userName' }, 'mutability', 'userName'],
    [{ op: 'replace', path: 'userName', value: null }, 'mutability', 'userName'],
    [{ op: 'replace', path: 'userName', value: '' }, 'mutability', 'userName'],
    [
      { op: 'replace', path: 'userName', value: { a: 1 } },
      'invalidValue',
      'userName: expected a string, got an object',
    ],
    [{ op: 'replace', path: 'active', value: 'perhaps' }, 'invalidValue', 'active: expected true or false'],
    [{ op: 'replace', path: 'userName.x', value: 'a' }, 'invalidPath', 'userName'],
    [{ op: 'replace', path: 'userName[value eq "x"]', value: 'a' }, 'invalidPath', 'userName'],
    [
      { op: 'replace', path: 'emails[type eq ', value: 'a' },
      'invalidPath',
      'Operations\\[0\\].path "emails\\[type eq ',
    ],
    [{ op: 'replace', path: 7, value: 'a' }, 'invalidPath', 'Operations\\[0\\].path'],
    [{ op: 'replace', path: 'emails[foo eq "x"].value', value: 'a' }, 'invalidFilter', 'foo'],
    [{ op: 'remove' }, 'noTarget', 'Operations\\[0\\]'],
    [
      { op: 'move', path: 'title', value: 'x' },
      'invalidSyntax',
      'Operations\\[0\\].op: expected add, replace or remove',
    ],
    [{ op: 'add', path: 'title' }, 'invalidValue', 'Operations\\[0\\]: add needs a value'],
    [{ op: 'add', value: 'x' }, 'invalidValue', 'Operations\\[0\\]'],
    ['x', 'invalidSyntax', 'Operations\\[0\\]'],
    [{ op: 'add', path: 'title', value: 'a\0b' }, 'invalidValue', 'title'],
    [{ op: 'add', path: 'custom', value: 'a\ud800b' }, 'invalidValue', 'custom'],
    [
      {
        op: 'add',
        path: 'emails',
        value: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
      'invalidValue',
      'emails: primary is true for 2',
    ],
  ])('refuses %j', (operation, scimType, detail) => {
    const error = refusal(operation);
    expect(error).toMatchObject({ status: 400, scimType });
    expect(error.detail).toMatch(new RegExp(detail));
  });

  it.each([undefined, null, 'x', [], {}, { Operations: 'x' }])('refuses the message %j', (body) => {
    expect(() => parsePatch(body)).toThrow(ScimError);
  });

  it('reads the keys of the message in any case', () => {
    expect(parsePatch({ operations: [{ OP: 'Add', Path: 'title', Value: 'x' }] })).toEqual([
      { op: 'add', path: { name: 'title' }, value: 'x' },
    ]);
  });

  it('an immutable attribute can be set once', () => {
    const type = withExtension(userType, {
      id: 'urn:acme:2.0:User',
      name: 'Acme',
      description: 'What Acme adds.',
      attributes: [attribute({ name: 'badge', mutability: 'immutable', description: 'Badge.' })],
    });
    const set = (before: Attributes, value: string) =>
      applyPatch(before, parsePatch({ Operations: [{ op: 'add', path: 'badge', value }] }), type).attributes;
    const once = set({ userName: 'ada' }, '1');
    expect(once).toEqual({ userName: 'ada', 'urn:acme:2.0:User': { badge: '1' } });
    expect(set(once, '1')).toBe(once);
    expect(() => set(once, '2')).toThrow(/badge cannot be changed/);
  });

  it('cannot be used to reach the prototype of objects', () => {
    const operations = JSON.parse('[{"op":"add","value":{"__proto__":{"polluted":true}}}]') as unknown[];
    expect(refusal(...operations).scimType).toBe('invalidValue');
    expect(
      refusal({ op: 'add', path: 'custom', value: JSON.parse('{"__proto__":{"polluted":true}}') }).status,
    ).toBe(400);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('a rename of a group is a change, the same name is none', () => {
    const operations = parsePatch({ Operations: [{ op: 'replace', path: 'displayName', value: 'New' }] });
    const once = applyPatch({ displayName: 'Old' }, operations, groupType);
    expect(once).toEqual({ attributes: { displayName: 'New' }, changed: true, warnings: [] });
    expect(applyPatch(once.attributes, operations, groupType).changed).toBe(false);
  });
});

describe('PATCH, whatever is sent', () => {
  const path = fc.constantFrom(
    'userName',
    'active',
    'name',
    'name.givenName',
    'emails',
    'emails.value',
    'emails[type eq "work"]',
    'emails[type eq "home"].value',
    'emails[value co "x"].display',
    'roles[primary eq "True"].value',
    'manager',
    enterprise,
    `${enterprise}:department`,
    'custom',
    'custom[a eq "b"].c',
    'urn:other:2.0:User:a.b',
    'id',
  );
  const value = fc.oneof(
    fc.constantFrom<unknown>('x', 'True', '', null, 7, true, [], {}, ['x'], { value: 'v' }, [
      { value: 'v', type: 'work' },
    ]),
    fc.constantFrom<unknown>({ primary: true }, [{ value: 'a' }, { value: 'b' }], {
      givenName: 'A',
      familyName: null,
    }),
    fc.jsonValue(),
  );
  const operation = fc.oneof(
    fc.record({ op: fc.constantFrom('add', 'Replace', 'remove'), path, value }),
    fc.record({ op: fc.constantFrom('add', 'replace'), value: fc.dictionary(path, value, { maxKeys: 4 }) }),
  );
  const resource = fc.record(
    {
      userName: fc.constant('ada'),
      active: fc.boolean(),
      name: fc.constant({ givenName: 'Ada' }),
      emails: fc.constantFrom(
        [{ type: 'work', value: 'w@x', primary: true }],
        [{ value: 'x' }, { type: 'home', value: 'h' }],
      ),
      custom: fc.constantFrom<unknown>('c', [{ a: 'b' }], { a: 'b' }, 7),
      [enterprise]: fc.constant({ manager: { value: 'm' }, department: 'd' }),
    },
    { requiredKeys: ['userName'] },
  );

  it('leaves its input alone, and fails with nothing but a ScimError', () => {
    fc.assert(
      fc.property(resource, fc.array(operation, { maxLength: 6 }), (before, operations) => {
        const copy = structuredClone(before);
        try {
          const { attributes, changed } = applyPatch(
            before,
            parsePatch({ Operations: operations }),
            userType,
          );
          expect(changed).toBe(attributes !== before);
          expect(JSON.parse(JSON.stringify(attributes))).toEqual(attributes);
          expect(attributes['userName']).toBeTypeOf('string');
          for (const emails of [attributes['emails']].flat()) {
            if (Array.isArray(emails))
              expect(emails.filter((email) => email.primary === true).length).toBeLessThan(2);
          }
        } catch (error) {
          if (!(error instanceof ScimError)) throw error;
        }
        expect(before).toEqual(copy);
      }),
      { numRuns: 3000 },
    );
  });

  it('add and then remove returns to the start', () => {
    const absent = fc.constantFrom<[string, unknown]>(
      ['title', 'x'],
      ['name.middleName', 'K'],
      ['addresses[type eq "work"].locality', 'Oslo'],
      ['phoneNumbers', [{ type: 'work', value: '1' }]],
      ['roles[primary eq "True"].value', 'Admin'],
      [`${enterprise}:costCenter`, '7'],
      ['unheardOf', { a: [1] }],
      ['urn:other:2.0:User:a', 'b'],
    );
    fc.assert(
      fc.property(
        resource,
        fc.uniqueArray(absent, { minLength: 1, selector: ([at]) => at }),
        (before, added) => {
          const adds = added.map(([at, content]) => ({ op: 'add', path: at, value: content }));
          const removes = added.map(([at]) => ({ op: 'remove', path: at }));
          const there = applyPatch(before, parsePatch({ Operations: adds }), userType);
          expect(there.changed).toBe(true);
          const back: PatchOperation[] = parsePatch({ Operations: removes });
          expect(applyPatch(there.attributes, back, userType).attributes).toEqual(before);
        },
      ),
    );
  });

  it('removing values by name removes only those', () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1, unit: 'grapheme-ascii' }), {
      maxLength: 12,
      selector: (id) => id.toLowerCase(),
    });
    fc.assert(
      fc.property(ids, fc.infiniteStream(fc.boolean()), (values, coin) => {
        const chosen = values.filter(() => coin.next().value);
        const before = { userName: 'ada', roles: values.map((id) => ({ value: id })) };
        const after = patch(before, {
          op: 'Remove',
          path: 'roles',
          value: chosen.map((id) => ({ value: id })),
        });
        const left = values.filter((id) => !chosen.includes(id)).map((id) => ({ value: id }));
        expect(after['roles'] ?? []).toEqual(left);
      }),
    );
  });
});
