import { describe, expect, it } from 'vitest';
import { groupType } from '../schema/resource-type.js';
import { ScimError } from '../scim-error.js';
import { parsePath } from './parse-path.js';
import { readPath } from './read-path.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const user = {
  userName: 'ada',
  active: false,
  name: { givenName: 'Ada' },
  emails: [
    { type: 'Work', value: 'w@x' },
    { type: 'home', value: 'h@x', primary: true },
  ],
  custom: 'c',
  [enterprise]: { department: 'Ops', manager: { value: 'm' } },
  'urn:Other:2.0:User': { Floor: 3 },
};

describe('readPath', () => {
  it.each([
    ['userName', 'ada'],
    ['USERNAME', 'ada'],
    ['active', false],
    ['name.givenName', 'Ada'],
    ['name.familyName', undefined],
    ['title', undefined],
    ['emails[type eq "work"].value', 'w@x'],
    ['emails[primary eq "True"].value', 'h@x'],
    ['emails[type eq "other"].value', undefined],
    ['emails[type eq "home"]', { type: 'home', value: 'h@x', primary: true }],
    ['emails.value', ['w@x', 'h@x']],
    ['phoneNumbers.value', undefined],
    [`${enterprise}:department`, 'Ops'],
    ['department', 'Ops'],
    ['manager.value', 'm'],
    [`${enterprise}:manager.value`, 'm'],
    [enterprise, { department: 'Ops', manager: { value: 'm' } }],
    ['custom', 'c'],
    ['urn:other:2.0:user:floor', 3],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName', 'ada'],
  ])('%s', (path, value) => {
    expect(readPath(user, path)).toEqual(value);
  });

  it('reads groups too', () => {
    expect(readPath({ displayName: 'Engineers' }, 'displayName', groupType)).toBe('Engineers');
  });

  it('is not led to what every object inherits', () => {
    expect(readPath({}, 'constructor')).toBeUndefined();
    expect(readPath({ name: {} }, 'name.toString')).toBeUndefined();
  });
});

describe('parsePath', () => {
  it.each([
    ['userName', { name: 'userName' }],
    [' name.givenName ', { name: 'name.givenName' }],
    [
      'emails[type eq "work"].value',
      { name: 'emails', filter: { kind: 'compare', name: 'type', op: 'eq', value: 'work' }, sub: 'value' },
    ],
    [`${enterprise}:manager`, { name: `${enterprise}:manager` }],
    ['members.$ref', { name: 'members.$ref' }],
  ])('%s', (text, path) => {
    expect(parsePath(text)).toEqual(path);
  });

  it.each([
    '',
    '.',
    'a b',
    'emails[',
    'emails[]',
    'emails[type eq "x"',
    'emails[type eq "x"]value',
    'a.b.',
    '[a pr]',
    '1a',
  ])('refuses "%s"', (text) => {
    expect(() => parsePath(text)).toThrow(ScimError);
    expect(() => parsePath(text)).toThrow(/The (path|filter) cannot be read at character \d+: expected/);
  });
});
