import { describe, expect, it } from 'vitest';
import { attribute } from '../schema/attribute.js';
import { groupType, userType, withExtension } from '../schema/resource-type.js';
import { isWanted, projectResource } from './project-resource.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const always = { schemas: ['s'], id: '1' };
const user = {
  ...always,
  userName: 'ada',
  name: { givenName: 'Ada', familyName: 'L' },
  emails: [{ type: 'work', value: 'w@x' }, { type: 'home' }],
  password: 'never',
  badge: { a: 1 },
  [enterprise]: { department: 'Ops', manager: { value: 'm', displayName: 'M' } },
};
const { password: _, ...visible } = user;

describe('attributes and excludedAttributes (RFC 7644 section 3.9)', () => {
  it('without either: everything that is returned by default, never a password', () => {
    expect(projectResource(user, userType, {})).toEqual(visible);
    expect(projectResource(user, userType, { attributes: '', excludedAttributes: [] })).toEqual(visible);
    expect(projectResource(user, userType, { attributes: 'password' })).toEqual(always);
  });

  it.each([
    ['userName', { userName: 'ada' }],
    ['USERNAME,unheardOf', { userName: 'ada' }],
    ['name.givenName', { name: { givenName: 'Ada' } }],
    ['name.givenName, name', { name: user.name }],
    ['emails.value', { emails: [{ value: 'w@x' }] }],
    ['emails[type eq "work"].value', { emails: [{ value: 'w@x' }] }],
    ['department', { [enterprise]: { department: 'Ops' } }],
    [`${enterprise}:manager.value`, { [enterprise]: { manager: { value: 'm' } } }],
    [enterprise, { [enterprise]: user[enterprise] }],
    ['badge', { badge: { a: 1 } }],
    ['id', {}],
  ])('attributes=%s', (attributes, expected) => {
    expect(projectResource(user, userType, { attributes })).toEqual({ ...always, ...expected });
  });

  it('excludes what is named, except what is returned always', () => {
    const { emails: _emails, ...rest } = visible;
    expect(projectResource(user, userType, { excludedAttributes: 'emails,id,schemas' })).toEqual(rest);
    expect(projectResource(user, userType, { excludedAttributes: 'name.familyName,manager' })).toEqual({
      ...visible,
      name: { givenName: 'Ada' },
      [enterprise]: { department: 'Ops' },
    });
  });

  it('returns on request only what is so declared', () => {
    const type = withExtension(userType, {
      id: 'urn:acme:2.0:User',
      name: 'Acme',
      description: 'What Acme adds.',
      attributes: [attribute({ name: 'photo64', returned: 'request', description: 'Large.' })],
    });
    const acme = { ...always, 'urn:acme:2.0:User': { photo64: 'x' } };
    expect(projectResource(acme, type, {})).toEqual(always);
    expect(projectResource(acme, type, { attributes: 'photo64' })).toEqual(acme);
  });

  it('tells beforehand whether members are wanted', () => {
    expect(isWanted('members', groupType, {})).toBe(true);
    expect(isWanted('members', groupType, { excludedAttributes: ['Members'] })).toBe(false);
    expect(isWanted('members', groupType, { attributes: 'displayName' })).toBe(false);
    expect(isWanted('members', groupType, { attributes: 'displayName,members.value' })).toBe(true);
  });
});
