import { describe, expect, it } from 'vitest';
import type { AttributeChange } from '../../contract.js';
import { changeResource, withUnreturned } from './change-resource.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const set = (attribute: string, value: string | boolean): AttributeChange => ({
  op: 'set',
  attribute,
  value,
});
const unset = (attribute: string): AttributeChange => ({ op: 'unset', attribute });

describe('a resource that is changed and written back', () => {
  const ada = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
    userName: 'ada',
    name: { givenName: 'Ada', familyName: 'Byron' },
    emails: [
      { type: 'Work', value: 'a@work', primary: true },
      { type: 'home', value: 'a@home' },
    ],
    [enterprise]: { department: 'Engines' },
  };
  it.each<[string, AttributeChange[], object]>([
    ['a value of its own', [set('title', 'Countess')], { title: 'Countess' }],
    ['a part', [set('name.familyName', 'King')], { name: { givenName: 'Ada', familyName: 'King' } }],
    [
      'an element, whatever the case of its type',
      [set('emails[type eq "work"].value', 'b@work')],
      { emails: [{ type: 'Work', value: 'b@work', primary: true }, ada.emails[1]] },
    ],
    [
      'an element that is not there',
      [set('emails[type eq "other"].value', 'c')],
      { emails: [...ada.emails, { type: 'other', value: 'c' }] },
    ],
    ['an element that goes', [unset('emails[type eq "home"].value')], { emails: [ada.emails[0]] }],
    [
      'an extension',
      [set(`${enterprise}:costCenter`, '7')],
      { [enterprise]: { department: 'Engines', costCenter: '7' } },
    ],
  ])('%s', (_, changes, expected) => {
    const before = structuredClone(ada);
    expect(changeResource('user', ada, changes)).toEqual({ ...ada, ...expected });
    expect(ada).toEqual(before);
  });

  it('loses what is cleared, down to the last part and the last element', () => {
    const changes = ['name.givenName', 'name.familyName', 'emails', `${enterprise}:department`, 'title'];
    expect(changeResource('user', ada, changes.map(unset))).toEqual({
      schemas: ada.schemas,
      userName: 'ada',
    });
  });

  it('names an extension it did not have', () => {
    const bare = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] };
    expect(changeResource('user', bare, [set(`${enterprise}:department`, 'X')])).toEqual({
      schemas: [...bare.schemas, enterprise],
      [enterprise]: { department: 'X' },
    });
  });
});

describe('a resource the target returned in part', () => {
  const written = {
    userName: 'ada',
    title: 'Countess',
    active: false,
    'name.givenName': 'Ada',
    'emails[type eq "work"].value': 'ada@work',
    'phoneNumbers[type eq "work"].value': '1',
    [`${enterprise}:department`]: 'Engines',
  };

  it('is given back what was written and is not in it', () => {
    const returned = {
      id: '7',
      userName: 'Ada',
      name: { familyName: 'King' },
      emails: [{ type: 'home', value: 'h' }],
    };
    expect(withUnreturned('user', returned, written)).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
      id: '7',
      userName: 'Ada',
      title: 'Countess',
      active: false,
      name: { familyName: 'King', givenName: 'Ada' },
      emails: [
        { type: 'home', value: 'h' },
        { type: 'work', value: 'ada@work' },
      ],
      phoneNumbers: [{ type: 'work', value: '1' }],
      [enterprise]: { department: 'Engines' },
    });
    expect(returned).not.toHaveProperty('title');
  });

  it('keeps what the target returns, and takes a list without types for what it is', () => {
    const returned = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
      userName: 'augusta',
      title: 'Baroness',
      active: true,
      name: { givenName: 'Augusta' },
      emails: [{ value: 'ada@work' }],
      phoneNumbers: [{ type: 'WORK', value: '2' }],
      [enterprise]: { department: 'Analysis' },
    };
    expect(withUnreturned('user', returned, written)).toBe(returned);
  });
});
