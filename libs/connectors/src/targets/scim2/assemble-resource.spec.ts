import { describe, expect, it } from 'vitest';
import { assembleResource } from './assemble-resource.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describe('body of a new resource', () => {
  it('puts every path in its place', () => {
    expect(
      assembleResource('user', {
        userName: 'ada@example.com',
        active: false,
        'name.givenName': 'Ada',
        'name.familyName': 'Lovelace',
        'emails[type eq "work"].value': 'ada@example.com',
        'addresses[type eq "work"].locality': 'London',
        'addresses[type eq "work"].country': 'GB',
        'phoneNumbers[type eq "work"].value': '+44 1',
        'phoneNumbers[type eq "mobile"].value': '+44 2',
        [`${enterprise}:department`]: 'Engines',
        [`${enterprise}:manager.value`]: 'm-1',
        'urn:acme:2.0:User:costCode': 7,
      }),
    ).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise, 'urn:acme:2.0:User'],
      userName: 'ada@example.com',
      active: false,
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ primary: true, type: 'work', value: 'ada@example.com' }],
      addresses: [{ type: 'work', locality: 'London', country: 'GB' }],
      phoneNumbers: [
        { type: 'work', value: '+44 1' },
        { type: 'mobile', value: '+44 2' },
      ],
      [enterprise]: { department: 'Engines', manager: { value: 'm-1' } },
      'urn:acme:2.0:User': { costCode: 7 },
    });
  });

  it('leaves empty values out, and extensions that only have such', () => {
    const resource = assembleResource('user', {
      userName: 'a',
      title: '',
      nickName: null,
      roles: [],
      [`${enterprise}:department`]: '',
    });
    expect(resource).toEqual({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'a' });
  });

  it('makes no email primary where there are several, nor against the mapping', () => {
    const several = assembleResource('user', {
      'emails[type eq "work"].value': 'w',
      'emails[type eq "home"].value': 'h',
    });
    expect(several.emails).toEqual([
      { type: 'work', value: 'w' },
      { type: 'home', value: 'h' },
    ]);
    const told = assembleResource('user', {
      'emails[type eq "work"].value': 'w',
      'emails[type eq "work"].primary': false,
    });
    expect(told.emails).toEqual([{ type: 'work', value: 'w', primary: false }]);
  });

  it('takes a whole list, a sub-attribute of a list and a whole element', () => {
    const resource = assembleResource('user', {
      roles: [{ value: 'admin' }],
      'entitlements.value': 'licence',
      'ims[type eq "xmpp"]': { value: 'ada@chat' },
    });
    expect(resource).toMatchObject({
      roles: [{ value: 'admin' }],
      entitlements: [{ value: 'licence' }],
      ims: [{ type: 'xmpp', value: 'ada@chat' }],
    });
  });

  it('writes a group with the group schema', () => {
    expect(assembleResource('group', { displayName: 'Engines', externalId: 'g-1' })).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'Engines',
      externalId: 'g-1',
    });
  });
});
