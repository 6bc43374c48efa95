import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttributeChange, AttributeValue } from '../../contract.js';
import { newUserBody, needsReading, userPatch } from './change-user.js';
import { readObject } from './read-object.js';

const set = (attribute: string, value: AttributeValue): AttributeChange => ({ op: 'set', attribute, value });
const unset = (attribute: string): AttributeChange => ({ op: 'unset', attribute });

const ada = {
  id: '1',
  primaryEmail: 'ada@contoso.example',
  aliases: ['countess@contoso.example'],
  name: { givenName: 'Ada', familyName: 'Lovelace', fullName: 'Ada Lovelace' },
  suspended: false,
  emails: [
    { address: 'ada@contoso.example', primary: true },
    { address: 'ada@home.example', type: 'home' },
    { address: 'countess@contoso.example' },
  ],
  phones: [
    { type: 'work', value: '1' },
    { type: 'mobile', value: '2' },
  ],
  organizations: [{ primary: true, title: 'Engineer', department: 'R&D' }],
  customSchemas: { Payroll: { code: '7', tags: [{ value: 'a' }] }, Other: { kept: true } },
};

describe('the body of a new user', () => {
  it('gathers paths into objects and lists, without what has no value', () => {
    expect(
      newUserBody(
        {
          primaryEmail: 'ada@contoso.example',
          active: true,
          'name.givenName': 'Ada',
          'name.displayName': null,
          'phones[type eq "work"].value': '1',
          'externalIds[customType eq "rollcall"].value': 'e1',
          'organizations[primary eq true].title': 'Engineer',
          'organizations[primary eq true].department': 'R&D',
          'customSchemas.Payroll.tags': ['a', 'b'],
          recoveryEmail: '',
        },
        'suspend',
      ),
    ).toEqual({
      primaryEmail: 'ada@contoso.example',
      suspended: false,
      name: { givenName: 'Ada' },
      phones: [{ type: 'work', value: '1' }],
      externalIds: [{ type: 'custom', customType: 'rollcall', value: 'e1' }],
      organizations: [{ primary: true, title: 'Engineer', department: 'R&D' }],
      customSchemas: { Payroll: { tags: [{ value: 'a' }, { value: 'b' }] } },
    });
  });

  it('is disabled as the settings say', () => {
    expect(newUserBody({ active: false }, 'suspend')).toEqual({ suspended: true });
    expect(newUserBody({ active: false }, 'archive')).toEqual({ archived: true });
  });
});

describe('a patch of a user that was read', () => {
  const patch = (...changes: AttributeChange[]) => userPatch(ada, changes, 'suspend');

  it('sends a list whole, since Google replaces it', () => {
    expect(patch(set('phones[type eq "work"].value', '9'))).toEqual({
      phones: [
        { type: 'work', value: '9' },
        { type: 'mobile', value: '2' },
      ],
    });
  });

  it('takes an element away with its last value, and the list with its last element', () => {
    expect(patch(unset('phones[type eq "mobile"].value'))).toEqual({
      phones: [{ type: 'work', value: '1' }],
    });
    expect(patch(unset('organizations[primary eq true].title'))).toEqual({
      organizations: [{ primary: true, department: 'R&D' }],
    });
    expect(patch(unset('phones[type eq "mobile"].value'), unset('phones[type eq "work"].value'))).toEqual({
      phones: null,
    });
  });

  it('does not write back the addresses Google adds to emails', () => {
    expect(patch(set('emails[type eq "home"].address', 'new@home.example'))).toEqual({
      emails: [{ address: 'new@home.example', type: 'home' }],
    });
  });

  it('sends names whole, without the computed one', () => {
    expect(patch(set('name.familyName', 'King'))).toEqual({
      name: { givenName: 'Ada', familyName: 'King' },
    });
  });

  it('sends the custom schemas it is about, whole, and no others', () => {
    expect(patch(set('customSchemas.Payroll.code', '8'))).toEqual({
      customSchemas: { Payroll: { code: '8', tags: [{ value: 'a' }] } },
    });
    expect(patch(unset('customSchemas.Payroll.code'))).toEqual({
      customSchemas: { Payroll: { code: null, tags: [{ value: 'a' }] } },
    });
  });

  it('sends nothing for what is so already', () => {
    expect(
      patch(
        set('primaryEmail', 'ada@contoso.example'),
        set('active', true),
        set('phones[type eq "work"].value', '1'),
        set('name.givenName', 'Ada'),
        unset('name.displayName'),
        set('customSchemas.Payroll.tags', ['a']),
        unset('customSchemas.Payroll.gone'),
        unset('recoveryEmail'),
        unset('phones[type eq "home"].value'),
        unset('keywords'),
      ),
    ).toEqual({});
  });

  it('enabling takes back what keeps the user out, whichever it is', () => {
    const archived = { ...ada, archived: true, suspended: true };
    expect(userPatch(archived, [set('active', true)], 'suspend')).toEqual({
      suspended: false,
      archived: false,
    });
    expect(userPatch({ ...ada, suspended: true }, [set('active', true)], 'suspend')).toEqual({
      suspended: false,
    });
  });
});

describe('a patch without reading', () => {
  it('is enough for single values', () => {
    const changes = [set('orgUnitPath', '/Staff'), unset('recoveryEmail'), set('active', false)];
    expect(needsReading(changes)).toBe(false);
    expect(userPatch(undefined, changes, 'suspend')).toEqual({
      orgUnitPath: '/Staff',
      recoveryEmail: null,
      suspended: true,
    });
  });

  it.each([
    set('phones[type eq "work"].value', '1'),
    set('name.givenName', 'A'),
    set('customSchemas.A.b', '1'),
    set('active', true),
  ])('is not for $attribute', (change) => {
    expect(needsReading([change])).toBe(true);
  });
});

describe('what is written is read', () => {
  const attributes = fc.constantFrom(
    'name.givenName',
    'orgUnitPath',
    'phones[type eq "work"].value',
    'phones[type eq "mobile"].value',
    'organizations[primary eq true].title',
    'externalIds[customType eq "rollcall"].value',
    'languages[preference eq "preferred"].languageCode',
    'customSchemas.Payroll.code',
  );
  const change = fc.record({
    attribute: attributes,
    value: fc.option(fc.string({ minLength: 1, maxLength: 9 })),
  });

  it('whatever is set and taken away, one after the other', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (drawn) => {
        let user: Record<string, unknown> = { id: '1', name: { familyName: 'L' } };
        const expected = new Map<string, string>();
        for (const { attribute, value } of drawn) {
          const one = value === null ? unset(attribute) : set(attribute, value);
          user = applied(user, userPatch(user, [one], 'suspend'));
          if (value === null) expected.delete(attribute);
          else expected.set(attribute, value);
        }
        const read = readObject('user', user)!.attributes;
        for (const attribute of drawn.map((each) => each.attribute))
          expect(read[attribute] ?? undefined).toBe(expected.get(attribute));
      }),
    );
  });

  /** As the API does: top-level attributes are replaced, objects merged, null clears. */
  function applied(user: Record<string, unknown>, patch: Record<string, unknown>): Record<string, unknown> {
    const next = { ...user };
    for (const [name, value] of Object.entries(patch)) {
      if (value === null) delete next[name];
      else if (Array.isArray(value) || typeof value !== 'object') next[name] = value;
      else
        next[name] = applied((next[name] ?? {}) as Record<string, unknown>, value as Record<string, unknown>);
    }
    return next;
  }
});
