import { describe, expect, it } from 'vitest';
import { groupType, userType } from '../schema/resource-type.js';
import { resolveSort } from './resolve-sort.js';

describe('sortBy', () => {
  it.each([
    ['USERNAME', { keys: ['userName'], multiValued: false }],
    ['emails', { keys: ['emails'], multiValued: true, sub: 'value' }],
    ['name.familyName', { keys: ['name', 'familyName'], multiValued: false }],
    ['manager', { keys: [userType.extensions[0]!.urn, 'manager', 'value'], multiValued: false }],
    ['meta.created', { keys: ['meta', 'created'], multiValued: false }],
  ])('%s names what is compared', (sortBy, path) => {
    expect(resolveSort({ sortBy }, userType)).toMatchObject({ path, numeric: false, descending: false });
  });

  it('is looked for in the other types, where resources of this one have no value', () => {
    expect(resolveSort({ sortBy: 'userName' }, groupType, [userType])?.path.keys).toEqual(['']);
    expect(() => resolveSort({ sortBy: 'userName' }, groupType)).toThrow(/userName/);
  });

  it.each([
    [userType, 'name'],
    [userType, 'groups'],
    [userType, 'members'],
    [userType, 'shoeSize'],
    [userType, 'a b'],
    [userType, 'urn:x:1.0:Y:a\0b'],
    [userType, 'password'],
    [userType, '__proto__'],
    [groupType, 'members'],
    [groupType, 'members.value'],
  ])('%# is refused', (type, sortBy) => {
    expect(() => resolveSort({ sortBy }, type)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidValue' }),
    );
  });

  it('goes by the order', () => {
    expect(resolveSort({ sortBy: 'title', sortOrder: 'Descending' }, userType)?.descending).toBe(true);
    expect(resolveSort({ sortOrder: 'descending' }, userType)).toBeUndefined();
    expect(() => resolveSort({ sortBy: 'title', sortOrder: 'up' }, userType)).toThrow(/sortOrder/);
  });
});
