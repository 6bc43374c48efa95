import { expect } from 'vitest';
import type { Json, ScimSource } from '../harness/scim-source.js';
import {
  at,
  expectError,
  newGroup,
  newUser,
  patch,
  type Requirement,
  requirements,
  unique,
  urn,
} from './requirement.js';

const work = { value: 'w@x', type: 'work', primary: true };
const home = { value: 'h@x', type: 'home' };

/** A user as it was, operations, and what it then has; undefined: the attribute is gone. */
type Change = [where: string, what: string, before: Json, operations: Json[], after: Json];

const changes: Change[] = [
  [
    '7644 3.5.2',
    'several operations are applied in their order',
    {},
    [
      { op: 'add', path: 'title', value: 'A' },
      { op: 'replace', path: 'title', value: 'B' },
      { op: 'add', path: 'nickName', value: 'N' },
    ],
    { title: 'B', nickName: 'N' },
  ],
  [
    '7644 3.5.2',
    'the name of an operation counts regardless of case',
    {},
    [{ op: 'Add', path: 'title', value: 'A' }],
    { title: 'A' },
  ],
  [
    '7644 3.5.2.1',
    'add without a path adds the attributes of the value',
    { nickName: 'N' },
    [{ op: 'add', value: { title: 'T', name: { givenName: 'G' } } }],
    { title: 'T', nickName: 'N', name: { givenName: 'G' } },
  ],
  [
    '7644 3.5.2.1',
    'add to a single-valued attribute replaces it',
    { title: 'A' },
    [{ op: 'add', path: 'title', value: 'B' }],
    { title: 'B' },
  ],
  [
    '7644 3.5.2.1',
    'add to a complex attribute keeps its other sub-attributes',
    { name: { givenName: 'G' } },
    [{ op: 'add', path: 'name', value: { familyName: 'F' } }],
    { name: { givenName: 'G', familyName: 'F' } },
  ],
  [
    '7644 3.5.2.1',
    'add to a multi-valued attribute adds values',
    { emails: [work] },
    [{ op: 'add', path: 'emails', value: [home] }],
    { emails: [work, home] },
  ],
  [
    '7644 3.5.2.1',
    'add of a value that is there already changes nothing',
    { emails: [work] },
    [{ op: 'add', path: 'emails', value: [work] }],
    { emails: [work] },
  ],
  [
    '7644 3.5.2.1',
    'add to an attribute of an extension',
    {},
    [{ op: 'add', path: `${urn.enterprise}:department`, value: 'D' }],
    { [urn.enterprise]: { department: 'D' } },
  ],
  [
    '7644 3.5.2.2',
    'remove takes an attribute away',
    { title: 'T', nickName: 'N' },
    [{ op: 'remove', path: 'title' }],
    { title: undefined, nickName: 'N' },
  ],
  [
    '7644 3.5.2.2',
    'remove takes a sub-attribute away',
    { name: { givenName: 'G', familyName: 'F' } },
    [{ op: 'remove', path: 'name.givenName' }],
    { name: { familyName: 'F' } },
  ],
  [
    '7644 3.5.2.2',
    'remove with a filter takes the matching values away',
    { emails: [work, home] },
    [{ op: 'remove', path: 'emails[type eq "home"]' }],
    { emails: [work] },
  ],
  [
    '7644 3.5.2.2',
    'a multi-valued attribute without values is gone',
    { emails: [home] },
    [{ op: 'remove', path: 'emails[type eq "home"]' }],
    { emails: undefined },
  ],
  [
    '7644 3.5.2.2',
    'remove takes a sub-attribute of matching values away',
    { emails: [work, home] },
    [{ op: 'remove', path: 'emails[type eq "work"].primary' }],
    { emails: [{ value: 'w@x', type: 'work' }, home] },
  ],
  [
    '7644 3.5.2.3',
    'replace sets an attribute',
    { title: 'A' },
    [{ op: 'replace', path: 'title', value: 'B' }],
    { title: 'B' },
  ],
  [
    '7644 3.5.2.3',
    'replace of an attribute that has no value adds it',
    {},
    [{ op: 'replace', path: 'title', value: 'B' }],
    { title: 'B' },
  ],
  [
    '7644 3.5.2.3',
    'replace without a path replaces the attributes of the value only',
    { title: 'A', nickName: 'N' },
    [{ op: 'replace', value: { title: 'B' } }],
    { title: 'B', nickName: 'N' },
  ],
  [
    '7644 3.5.2.3',
    'replace of a multi-valued attribute replaces all its values',
    { emails: [work, home] },
    [{ op: 'replace', path: 'emails', value: [home] }],
    { emails: [home] },
  ],
  [
    '7644 3.5.2.3',
    'replace of a sub-attribute of matching values',
    { emails: [work, home] },
    [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'n@x' }],
    { emails: [work, { ...home, value: 'n@x' }] },
  ],
  [
    '7644 3.5.2',
    'a value made primary takes the mark from the other',
    { emails: [work, home] },
    [{ op: 'replace', path: 'emails[type eq "home"].primary', value: true }],
    {
      emails: [
        { ...work, primary: false },
        { ...home, primary: true },
      ],
    },
  ],
  [
    '7644 3.10',
    'a path may carry the URN of the core schema',
    {},
    [{ op: 'add', path: `${urn.user}:name.givenName`, value: 'G' }],
    { name: { givenName: 'G' } },
  ],
];

/** Operations on a user { title: 'T', emails: [work] } and how they are refused. */
type Refusal = [where: string, what: string, operations: unknown, scimType: string];

const refusals: Refusal[] = [
  ['7644 3.5.2', 'a body without Operations is refused with invalidSyntax', undefined, 'invalidSyntax'],
  [
    '7644 3.5.2',
    'an operation that is not add, remove or replace is refused with invalidSyntax',
    [{ op: 'move', path: 'title' }],
    'invalidSyntax',
  ],
  [
    '7644 3.5.2',
    'a path that cannot be read is refused with invalidPath',
    [{ op: 'add', path: 'emails[type eq', value: 'x' }],
    'invalidPath',
  ],
  [
    '7644 3.5.2',
    'a read-only attribute is refused with mutability',
    [{ op: 'replace', path: 'id', value: 'x' }],
    'mutability',
  ],
  ['7644 3.5.2.2', 'remove without a path is refused with noTarget', [{ op: 'remove' }], 'noTarget'],
  [
    '7644 3.5.2.2',
    'a required attribute cannot be removed: mutability',
    [{ op: 'remove', path: 'userName' }],
    'mutability',
  ],
  [
    '7644 3.5.2.3',
    'a replace whose filter matches no value, and names none to create, is refused with noTarget',
    [{ op: 'replace', path: 'emails[value co "none"].display', value: 'x' }],
    'noTarget',
  ],
  [
    '7644 3.12',
    'a value of the wrong type is refused with invalidValue',
    [{ op: 'add', path: 'active', value: 'perhaps' }],
    'invalidValue',
  ],
];

const shown = async (scim: ScimSource, path: string) => (await scim.get(path)).body;

requirements('PATCH', [
  ...changes.map(([where, what, before, operations, after]): Requirement => [
    where,
    what,
    async ({ scim }) => {
      const made = await newUser(scim, before);
      const answer = await patch(scim, at(made), ...operations);
      expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200 });
      const read = await shown(scim, at(made));
      for (const [name, value] of Object.entries(after)) expect(read[name], name).toEqual(value);
      expect(answer.body).toEqual(read);
    },
  ]),
  ...refusals.map(([where, what, operations, scimType]): Requirement => [
    where,
    what,
    async ({ scim }) => {
      const made = await newUser(scim, { title: 'T', emails: [work] });
      const body = { schemas: [urn.patch], Operations: operations };
      expectError(await scim.send('PATCH', at(made), body), 400, scimType);
      expect(await shown(scim, at(made))).toEqual(made.body);
    },
  ]),
  [
    '7644 3.5.2.3',
    'a replace whose filter matches no value is refused with noTarget',
    async ({ scim }) => {
      const made = await newUser(scim, { emails: [home] });
      const change = { op: 'replace', path: 'emails[type eq "work"].value', value: 'w@x' };
      const { body } = await patch(scim, at(made), change);
      expect(body.emails).toEqual([home, { type: 'work', value: 'w@x' }]);
    },
    'a filter of equalities says what the missing value is, and it is created: Microsoft Entra ID relies on it',
  ],
  [
    '7644 3.5.2',
    'a PATCH is answered with 200 and the resource, or with 204; with 200 where attributes are asked for',
    async ({ scim }) => {
      const group = await newGroup(scim, { externalId: unique() });
      const change = (value: string) => ({ op: 'replace', path: 'displayName', value });
      expect(await patch(scim, at(group), change(unique()))).toMatchObject({ status: 204, body: undefined });
      const displayName = unique();
      const answer = await patch(scim, `${at(group)}?attributes=displayName`, change(displayName));
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.body).toEqual({ schemas: [urn.group], id: group.body.id, displayName });
    },
  ],
  [
    '7644 3.5.2',
    'a body that does not name the PatchOp schema is refused',
    async ({ scim }) => {
      const made = await newUser(scim);
      const operations = [{ op: 'add', path: 'title', value: 'T' }];
      expect((await scim.send('PATCH', at(made), { Operations: operations })).status).toBe(200);
    },
    'it is taken all the same, since it cannot mean anything else',
  ],
  [
    '7644 3.5.2',
    'a request with one wrong operation changes nothing',
    async ({ scim }) => {
      const made = await newUser(scim);
      const good = { op: 'add', path: 'title', value: 'T' };
      expectError(await patch(scim, at(made), good, { op: 'remove', path: 'userName' }), 400, 'mutability');
      expect(await shown(scim, at(made))).toEqual(made.body);
    },
  ],
  [
    '7644 3.5.2',
    'a change that changes nothing leaves version and lastModified as they are',
    async ({ scim }) => {
      const made = await newUser(scim, { title: 'T' });
      const answer = await patch(scim, at(made), { op: 'replace', path: 'title', value: 'T' });
      expect(answer.body.meta).toEqual(made.body.meta);
    },
  ],
  [
    '7644 3.5.2',
    'an unknown resource is answered with 404',
    async ({ scim }) => {
      const path = '/Users/01890000-0000-7000-8000-000000000000';
      expectError(await patch(scim, path, { op: 'add', path: 'title', value: 'T' }), 404);
    },
  ],
  [
    '7644 3.5.2.1',
    'members are added to a group, each once',
    async ({ scim }) => {
      const [one, two] = [await newUser(scim), await newUser(scim)];
      const group = await newGroup(scim, { members: [{ value: one.body.id }] });
      const value = [{ value: one.body.id }, { value: two.body.id }];
      expect((await patch(scim, at(group), { op: 'add', path: 'members', value })).status).toBe(204);
      const ids = (await shown(scim, at(group))).members.map((member: Json) => member.value);
      expect(ids.toSorted()).toEqual([one.body.id, two.body.id].toSorted());
    },
  ],
  [
    '7644 3.5.2.1',
    'a member that does not exist is refused with invalidValue',
    async ({ scim }) => {
      const group = await newGroup(scim);
      const value = [{ value: '01890000-0000-7000-8000-000000000000' }];
      expectError(await patch(scim, at(group), { op: 'add', path: 'members', value }), 400, 'invalidValue');
    },
  ],
  [
    '7644 3.5.2.2',
    'a member is removed by a filter on its id, all by no filter',
    async ({ scim }) => {
      const [one, two] = [await newUser(scim), await newUser(scim)];
      const group = await newGroup(scim, { members: [{ value: one.body.id }, { value: two.body.id }] });
      await patch(scim, at(group), { op: 'remove', path: `members[value eq "${one.body.id}"]` });
      expect((await shown(scim, at(group))).members).toMatchObject([{ value: two.body.id }]);
      await patch(scim, at(group), { op: 'remove', path: 'members' });
      expect((await shown(scim, at(group))).members ?? []).toEqual([]);
    },
  ],
  [
    '7644 3.5.2.3',
    'members are replaced as a whole',
    async ({ scim }) => {
      const [one, two] = [await newUser(scim), await newUser(scim)];
      const group = await newGroup(scim, { members: [{ value: one.body.id }] });
      await patch(scim, at(group), { op: 'replace', path: 'members', value: [{ value: two.body.id }] });
      expect((await shown(scim, at(group))).members).toMatchObject([{ value: two.body.id }]);
    },
  ],
  [
    '7644 3.12',
    'a name that is used already is refused with 409 uniqueness',
    async ({ scim }) => {
      const [one, two] = [await newUser(scim, { userName: unique() }), await newUser(scim)];
      const change = { op: 'replace', path: 'userName', value: one.body.userName };
      expectError(await patch(scim, at(two), change), 409, 'uniqueness');
    },
  ],
]);
