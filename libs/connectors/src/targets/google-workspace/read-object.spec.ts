import { describe, expect, it } from 'vitest';
import { readObject } from './read-object.js';

describe('reading users and groups', () => {
  it('has each value under the name a mapping writes it by', () => {
    const object = readObject('user', {
      id: '1',
      etag: '"e"',
      primaryEmail: 'ada@contoso.example',
      name: { givenName: 'Ada', familyName: 'Lovelace', fullName: 'Ada Lovelace' },
      suspended: false,
      phones: [
        { type: 'work', value: '1', primary: true },
        { type: 'work', value: '2' },
        { type: 'custom', customType: 'lab', value: '3' },
      ],
      customSchemas: { Payroll: { code: '7', tags: [{ value: 'a', type: 'work' }], none: null } },
      password: 'never there',
    })!;
    expect(object).toMatchObject({ id: '1', etag: '"e"', active: true });
    expect(object.attributes).toMatchObject({
      primaryEmail: 'ada@contoso.example',
      active: true,
      'name.givenName': 'Ada',
      'phones[type eq "work"].value': '1',
      'phones[primary eq true].value': '1',
      'phones[customType eq "lab"].value': '3',
      'customSchemas.Payroll.code': '7',
      'customSchemas.Payroll.tags': ['a'],
    });
    expect(object.attributes).not.toHaveProperty('name.fullName');
    expect(object.attributes).not.toHaveProperty('password');
    expect(object.attributes).not.toHaveProperty(['customSchemas.Payroll.none']);
  });

  it.each([
    [{ suspended: true }, false],
    [{ archived: true }, false],
    [{ suspended: false, archived: false }, true],
    [{}, true],
  ])('%j is active: %s', (user, active) => {
    expect(readObject('user', { id: '1', ...user })!.active).toBe(active);
  });

  it('groups are neither active nor inactive', () => {
    const group = readObject('group', { id: 'g', email: 'g@contoso.example', name: 'G', description: '' })!;
    expect(group.active).toBeUndefined();
    expect(group.attributes).toEqual({ email: 'g@contoso.example', name: 'G', description: '' });
  });

  it.each([undefined, null, 'text', {}, { id: '' }, { id: 7 }])('%j is no object', (resource) => {
    expect(readObject('user', resource)).toBeUndefined();
  });
});
