import { parseFilter, resolve, standardTypes } from '@rollcall/scim';
import { describe, expect, it } from 'vitest';
import { compileScope, groupInScope, userInScope } from './in-scope.js';
import { membershipInRule } from './membership-in-rule.js';
import { rulesOf, scopeByType } from './scope.js';

const compiled = (scope: Parameters<typeof compileScope>[0]) => compileScope(scope, standardTypes);

describe('a scope', () => {
  it('written for users brings its list of groups to both types', () => {
    expect(scopeByType({ rule: 'title pr', groups: ['a'] })).toEqual({
      users: { rule: 'title pr', groups: ['a'] },
      groups: { groups: ['a'] },
    });
    expect(scopeByType({})).toEqual({ users: {}, groups: {} });
  });

  it('written by type asks each its own', () => {
    const scope = { users: { groups: ['a'] }, groups: { rule: 'displayName pr' } };
    expect(scopeByType(scope)).toEqual(scope);
    expect(rulesOf(scope)).toEqual([{ field: 'scope.groups.rule', type: 'group', rule: 'displayName pr' }]);
    expect(rulesOf({ users: { rule: 'title pr' } })[0]!.field).toBe('scope.users.rule');
  });

  it('needs one of its groups and its rule, and says which is missing', () => {
    const scope = compiled({ rule: 'title eq "clerk"', groups: ['a', 'b'] });
    expect(userInScope(scope, { title: 'clerk' }, ['b'])).toEqual({ inScope: true });
    expect(userInScope(scope, { title: 'clerk' }, [])).toMatchObject({ inScope: false });
    expect(userInScope(scope, { title: 'cook' }, ['a'])).toMatchObject({
      reason: expect.stringContaining('title eq "clerk"'),
    });
    expect(groupInScope(scope, 'a', {})).toEqual({ inScope: true });
    expect(groupInScope(scope, 'c', {}).inScope).toBe(false);
    expect(userInScope(compiled({ groups: [] }), {}, []).inScope).toBe(false);
    expect(userInScope(compiled({ users: {} }), {}, []).inScope).toBe(true);
  });

  it('is told when its rule asks for memberships, wherever that stands', () => {
    const asks = (rule: string, type: 'user' | 'group') =>
      membershipInRule(resolve(parseFilter(rule), standardTypes[type === 'user' ? 'User' : 'Group']), type);
    expect(asks('title pr and not (groups.value eq "x")', 'user')).toBe('groups.value');
    expect(asks('members[value eq "x"]', 'group')).toBe('members');
    expect(asks('title pr or userName pr', 'user')).toBeUndefined();
  });
});
