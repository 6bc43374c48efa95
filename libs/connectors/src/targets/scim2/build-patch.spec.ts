import { describe, expect, it } from 'vitest';
import type { AttributeChange } from '../../contract.js';
import { buildPatch, buildPatchFor } from './build-patch.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const set = (attribute: string, value: string | boolean): AttributeChange => ({
  op: 'set',
  attribute,
  value,
});
const unset = (attribute: string): AttributeChange => ({ op: 'unset', attribute });

describe('patch from changes', () => {
  it.each([
    [set('active', false), { op: 'replace', path: 'active', value: false }],
    [set('name.givenName', 'Ada'), { op: 'replace', path: 'name.givenName', value: 'Ada' }],
    [
      set('emails[type eq "work"].value', 'a@b'),
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'a@b' },
    ],
    [
      set(`${enterprise}:department`, 'Engines'),
      { op: 'replace', path: `${enterprise}:department`, value: 'Engines' },
    ],
    [
      set(`${enterprise}:manager.value`, 'm'),
      { op: 'replace', path: `${enterprise}:manager`, value: { value: 'm' } },
    ],
    [unset(`${enterprise}:manager.value`), { op: 'remove', path: `${enterprise}:manager` }],
    [unset('title'), { op: 'remove', path: 'title' }],
    [set('title', ''), { op: 'remove', path: 'title' }],
    [unset('emails[type eq "work"].value'), { op: 'remove', path: 'emails[type eq "work"]' }],
    [unset('addresses[type eq "work"].region'), { op: 'remove', path: 'addresses[type eq "work"].region' }],
  ])('%j', (change, operation) => {
    expect(buildPatch('user', [change])).toEqual([operation]);
  });
});

describe('patch for a target that wants elements to be there', () => {
  const resource = { id: '1', title: 'Analyst', emails: [{ type: 'work', value: 'old' }] };

  it('replaces in elements that are there, adds one element for all that is missing of it', () => {
    expect(
      buildPatchFor('user', resource, [
        set('emails[type eq "work"].value', 'new'),
        set('addresses[type eq "work"].locality', 'London'),
        set('addresses[type eq "work"].country', 'GB'),
        set('title', 'Lead'),
      ]),
    ).toEqual([
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'new' },
      { op: 'add', path: 'addresses', value: [{ type: 'work', locality: 'London', country: 'GB' }] },
      { op: 'replace', path: 'title', value: 'Lead' },
    ]);
  });

  it('clears only what is there', () => {
    const changes = [
      unset('title'),
      unset('nickName'),
      unset('phoneNumbers[type eq "work"].value'),
      unset(`${enterprise}:manager.value`),
    ];
    expect(buildPatchFor('user', resource, changes)).toEqual([{ op: 'remove', path: 'title' }]);
  });
});
