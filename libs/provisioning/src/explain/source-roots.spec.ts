import { expect, it } from 'vitest';
import { rootsOf, touches } from './source-roots.js';

const urn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const always = 'always' as const;

it('names what of the user a mapping reads', () => {
  expect(rootsOf({ target: 't', source: 'emails[type eq "work"].value', apply: always })).toEqual([
    { name: 'emails' },
  ]);
  expect(rootsOf({ target: 't', source: `${urn}:department`, apply: always })).toEqual([
    { name: urn, sub: 'department' },
  ]);
  expect(rootsOf({ target: 't', constant: 'x', apply: always })).toEqual([]);
  expect(rootsOf({ target: 't', expression: 'name.givenName & userName', apply: always })).toEqual([
    { name: 'name', sub: 'givenName' },
    { name: 'userName' },
  ]);
});

it('tells a change of the attribute from one of its neighbour', () => {
  const root = { name: urn, sub: 'department' };
  const change = { attribute: urn, from: { department: 'a', division: 'x' } };
  expect(touches(root, { ...change, to: { department: 'b', division: 'x' } })).toBe(true);
  expect(touches(root, { ...change, to: { department: 'a', division: 'y' } })).toBe(false);
  expect(touches(root, { attribute: 'title', to: 'b' })).toBe(false);
});
