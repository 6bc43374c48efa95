import { describe, expect, it } from 'vitest';
import { differencesOf } from './differences.js';

describe('differences', () => {
  it('are told by path, and lines of mappings by their target', () => {
    const before = {
      policy: { users: { delete: true } },
      scope: { groups: ['a'] },
      mappings: {
        users: {
          attributes: [
            { target: 'title', source: 'title' },
            { target: 'nickName', constant: 'x' },
          ],
        },
      },
    };
    const after = {
      policy: { users: { delete: false }, push: { attempts: 3 } },
      scope: { groups: ['a', 'b'] },
      mappings: {
        users: {
          attributes: [
            { target: 'locale', source: 'locale' },
            { target: 'title', source: 'userType' },
          ],
        },
      },
    };
    expect(differencesOf(before, after)).toEqual([
      { path: 'policy.users.delete', from: true, to: false },
      { path: 'policy.push', to: { attempts: 3 } },
      { path: 'scope.groups', from: ['a'], to: ['a', 'b'] },
      { path: 'mappings.users.attributes[title].source', from: 'title', to: 'userType' },
      { path: 'mappings.users.attributes[nickName]', from: { target: 'nickName', constant: 'x' } },
      { path: 'mappings.users.attributes[locale]', to: { target: 'locale', source: 'locale' } },
    ]);
    expect(differencesOf(before, structuredClone(before))).toEqual([]);
  });

  it('tell of a mere order', () => {
    const [one, two] = [{ target: 'a' }, { target: 'b' }];
    expect(differencesOf({ matching: [one, two] }, { matching: [two, one] })).toEqual([
      { path: 'matching (order)', from: ['a', 'b'], to: ['b', 'a'] },
    ]);
  });
});
