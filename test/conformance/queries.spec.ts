import { expect } from 'vitest';
import type { Json, ScimSource } from '../harness/scim-source.js';
import { at, expectError, namesOf, newGroup, newUser, requirements, unique, urn } from './requirement.js';

const find = async (scim: ScimSource, filter: string, more: Record<string, string> = {}) =>
  namesOf(await scim.list('/Users', { filter, ...more }));

/** Three users whom only the tests that made them find: their title is their own. */
async function three(scim: ScimSource) {
  const title = unique('Title');
  const make = async (userName: string, attributes: Json) => {
    await newUser(scim, { userName: `${userName}.${title}`, title, ...attributes });
    return `${userName}.${title}`;
  };
  const amy = await make('amy', {
    active: false,
    name: { familyName: "O'Malley" },
    emails: [
      { value: 'amy@work.example', type: 'work', primary: true },
      { value: 'amy@home.example', type: 'home' },
    ],
    [urn.enterprise]: { department: 'Sales', employeeNumber: '10' },
  });
  const ben = await make('Ben', { emails: [{ value: 'ben@home.example', type: 'home' }], nickName: 'B' });
  const cat = await make('cat', { [urn.enterprise]: { department: 'Support' } });
  const found = async (filter: string) => {
    const list = await find(scim, `title eq "${title}" and (${filter})`);
    return list
      .map((name) => name.split('.')[0])
      .toSorted((a, b) => (a!.toLowerCase() < b!.toLowerCase() ? -1 : 1));
  };
  return { title, amy, ben, cat, found };
}

/** Table 3 to 5 and figure 1 of RFC 7644: a filter and whom it finds. */
const filters: [what: string, filter: string, found: string[]][] = [
  ['eq: equal', 'name.familyName eq "O\'Malley"', ['amy']],
  ['eq ignores case where the schema says so', 'userName sw "BEN"', ['Ben']],
  ['ne: not equal, which what has no value is too', 'nickName ne "B"', ['amy', 'cat']],
  ['co: contains', 'emails.value co "home"', ['amy', 'Ben']],
  ['sw: starts with', `${urn.enterprise}:department sw "S"`, ['amy', 'cat']],
  ['ew: ends with', `${urn.enterprise}:department ew "PORT"`, ['cat']],
  ['pr: has a value', 'nickName pr', ['Ben']],
  ['gt: greater than', `${urn.enterprise}:department gt "Sales"`, ['cat']],
  ['ge: greater or equal', `${urn.enterprise}:department ge "Sales"`, ['amy', 'cat']],
  ['lt: less than', `${urn.enterprise}:department lt "Support"`, ['amy']],
  ['le: less or equal', `${urn.enterprise}:department le "Support"`, ['amy', 'cat']],
  ['eq with a boolean', 'active eq false', ['amy']],
  ['eq with null: has no value', 'nickName eq null', ['amy', 'cat']],
  ['dates compare as moments', 'meta.created gt "2011-05-13T04:42:34Z"', ['amy', 'Ben', 'cat']],
  ['and', 'emails pr and active eq true', ['Ben']],
  ['or', 'nickName pr or active eq false', ['amy', 'Ben']],
  ['not', 'not (emails pr)', ['cat']],
  ['and binds tighter than or', 'nickName pr or active eq false and emails.type eq "none"', ['Ben']],
  ['parentheses come first', '(nickName pr or active eq false) and emails.type eq "work"', ['amy']],
  ['operators regardless of case', 'nickName PR Or active EQ false', ['amy', 'Ben']],
  ['attribute names regardless of case', 'NICKNAME pr', ['Ben']],
  ['a value path holds for one element as a whole', 'emails[type eq "work" and value co "home"]', []],
  ['a value path with and, or and not', 'emails[type eq "home" and not (primary eq true)]', ['amy', 'Ben']],
  ['a value path with a sub-attribute behind', 'emails[type eq "work"].value ew "work.example"', ['amy']],
  ['an escaped quotation mark', 'nickName eq "\\"B\\""', []],
];

const wrongFilters = [
  'userName',
  'userName eq',
  'userName xx "a"',
  'userName eq "a',
  '(userName pr',
  'shoeSize eq 1',
];

requirements('Queries', [
  [
    '7644 3.4.2',
    'a list is a ListResponse with totalResults and Resources, application/scim+json',
    async ({ scim }) => {
      const { title } = await three(scim);
      const answer = await scim.get(`/Users?filter=${encodeURIComponent(`title eq "${title}"`)}`);
      expect(answer.headers.get('content-type')).toMatch(/^application\/scim\+json/);
      expect(answer).toMatchObject({
        status: 200,
        body: { schemas: [urn.list], totalResults: 3, itemsPerPage: 3 },
      });
      expect(answer.body.Resources).toHaveLength(3);
    },
  ],
  [
    '7644 3.4.2',
    'a query that finds nothing is answered with 200 and totalResults 0',
    async ({ scim }) => {
      expect(await scim.list('/Users', { filter: 'userName eq "nobody"' })).toMatchObject({
        totalResults: 0,
      });
    },
  ],
  [
    '7644 3.4.2',
    'a query finds nothing of another organisation',
    async ({ scim, stranger }) => {
      const { title } = await three(scim);
      expect(await find(stranger, `title eq "${title}"`)).toEqual([]);
    },
  ],
  [
    '7644 3.4.2.1',
    'a search of all types treats an attribute that a type has not as without a value',
    async ({ scim }) => {
      const user = await newUser(scim);
      const group = await newGroup(scim);
      const filter = `userName eq "${user.body.userName}" or displayName eq "${group.body.displayName}"`;
      const { body } = await scim.post('/.search', { schemas: [urn.search], filter });
      expect(namesOf(body).toSorted()).toEqual([user.body.userName, group.body.displayName].toSorted());
    },
  ],
  ...filters.map(([what, filter, found]): [string, string, (s: { scim: ScimSource }) => Promise<void>] => [
    '7644 3.4.2.2',
    `filter: ${what}`,
    async ({ scim }) => expect(await (await three(scim)).found(filter)).toEqual(found),
  ]),
  [
    '7644 3.4.2.2',
    'filter: eq minds case where the schema says so',
    async ({ scim }) => {
      const { body } = await newUser(scim, { externalId: unique('X') });
      expect(await find(scim, `externalId eq "${body.externalId.toLowerCase()}"`)).toEqual([]);
    },
  ],
  [
    '7644 3.4.2.2',
    'filter: an ordering of booleans is refused with invalidFilter',
    async ({ scim }) =>
      expectError(
        await scim.get(`/Users?filter=${encodeURIComponent('active gt true')}`),
        400,
        'invalidFilter',
      ),
  ],
  [
    '7644 3.4.2.2',
    'filter: what cannot be read, or names no attribute, is refused with invalidFilter',
    async ({ scim }) => {
      for (const filter of wrongFilters) {
        expectError(await scim.get(`/Users?filter=${encodeURIComponent(filter)}`), 400, 'invalidFilter');
      }
    },
  ],
  [
    '7644 3.4.2.2',
    'filter: members of groups, and groups of users',
    async ({ scim }) => {
      const user = await newUser(scim);
      const group = await newGroup(scim, { members: [{ value: user.body.id }] });
      const groups = await scim.list('/Groups', { filter: `members.value eq "${user.body.id}"` });
      expect(namesOf(groups)).toEqual([group.body.displayName]);
      expect(await find(scim, `groups.value eq "${group.body.id}"`)).toEqual([user.body.userName]);
      expect(await find(scim, `groups.display eq "${group.body.displayName}"`)).toEqual([user.body.userName]);
    },
  ],
  [
    '7644 3.4.2.3',
    'sortBy orders, ascending where nothing is said, regardless of case where the schema says so',
    async ({ scim }) => {
      const { title, amy, ben, cat } = await three(scim);
      const filter = `title eq "${title}"`;
      expect(await find(scim, filter, { sortBy: 'userName' })).toEqual([amy, ben, cat]);
      expect(await find(scim, filter, { sortBy: 'userName', sortOrder: 'ascending' })).toEqual([
        amy,
        ben,
        cat,
      ]);
      expect(await find(scim, filter, { sortBy: 'userName', sortOrder: 'descending' })).toEqual([
        cat,
        ben,
        amy,
      ]);
    },
  ],
  [
    '7644 3.4.2.3',
    'a multi-valued attribute is sorted by its primary or else first value',
    async ({ scim }) => {
      const { title, amy, ben } = await three(scim);
      const order = await find(scim, `title eq "${title}" and emails pr`, { sortBy: 'emails.value' });
      expect(order).toEqual([amy, ben]);
      const byType = await find(scim, `title eq "${title}" and emails pr`, { sortBy: 'emails.type' });
      expect(byType).toEqual([ben, amy]);
    },
  ],
  [
    '7644 3.4.2.3',
    'what has no value comes last ascending and first descending',
    async ({ scim }) => {
      const { title, ben } = await three(scim);
      const sortBy = 'nickName';
      expect((await find(scim, `title eq "${title}"`, { sortBy }))[0]).toBe(ben);
      expect((await find(scim, `title eq "${title}"`, { sortBy, sortOrder: 'descending' }))[2]).toBe(ben);
    },
  ],
  [
    '7644 3.4.2.4',
    'startIndex and count cut a page, and totalResults counts all',
    async ({ scim }) => {
      const { title, ben } = await three(scim);
      const list = await scim.list('/Users', {
        filter: `title eq "${title}"`,
        sortBy: 'userName',
        startIndex: '2',
        count: '1',
      });
      expect(list).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1 });
      expect(namesOf(list)).toEqual([ben]);
    },
  ],
  [
    '7644 3.4.2.4',
    'a startIndex below 1 means 1, a negative count 0, and count 0 tells the total only',
    async ({ scim }) => {
      const { title } = await three(scim);
      const filter = `title eq "${title}"`;
      expect(await scim.list('/Users', { filter, startIndex: '-5' })).toMatchObject({
        startIndex: 1,
        itemsPerPage: 3,
      });
      for (const count of ['0', '-3']) {
        expect(await scim.list('/Users', { filter, count })).toMatchObject({
          totalResults: 3,
          Resources: [],
        });
      }
    },
  ],
  [
    '7644 3.4.2.4',
    'a page behind the end is empty',
    async ({ scim }) => {
      const { title } = await three(scim);
      const list = await scim.list('/Users', { filter: `title eq "${title}"`, startIndex: '9' });
      expect(list).toMatchObject({ totalResults: 3, Resources: [] });
    },
  ],
  [
    '7644 3.4.2.5',
    'attributes and excludedAttributes hold for lists',
    async ({ scim }) => {
      const { title } = await three(scim);
      const list = await scim.list('/Users', { filter: `title eq "${title}"`, attributes: 'title' });
      for (const one of list.Resources) {
        expect(one).toEqual({ schemas: expect.any(Array), id: expect.any(String), title });
      }
      const without = await scim.list('/Users', {
        filter: `title eq "${title}"`,
        excludedAttributes: 'title',
      });
      for (const one of without.Resources) expect(one).not.toHaveProperty('title');
    },
  ],
  [
    '7644 3.4.3',
    'POST .search answers as GET does, on each endpoint',
    async ({ scim }) => {
      const { title } = await three(scim);
      const filter = `title eq "${title}"`;
      const got = await scim.list('/Users', {
        filter,
        sortBy: 'userName',
        count: '2',
        excludedAttributes: 'emails',
      });
      const searched = await scim.post('/Users/.search', {
        schemas: [urn.search],
        filter,
        sortBy: 'userName',
        count: 2,
        excludedAttributes: ['emails'],
      });
      expect(searched).toMatchObject({ status: 200, body: got });
      const group = await newGroup(scim);
      const groups = await scim.post('/Groups/.search', {
        schemas: [urn.search],
        filter: `displayName eq "${group.body.displayName}"`,
      });
      expect(namesOf(groups.body)).toEqual([group.body.displayName]);
    },
  ],
  [
    '7644 3.4.3',
    'POST .search on the root finds resources of every type',
    async ({ scim }) => {
      const displayName = unique('both');
      await newUser(scim, { displayName });
      await newGroup(scim, { displayName });
      const { body } = await scim.post('/.search', {
        schemas: [urn.search],
        filter: `displayName eq "${displayName}"`,
      });
      expect(body.Resources.map(({ meta }: Json) => meta.resourceType).toSorted()).toEqual(['Group', 'User']);
    },
  ],
  [
    '9865 2',
    'an empty cursor asks for the first page, nextCursor for the next, and the last page has none',
    async ({ scim }) => {
      const { title, amy, ben, cat } = await three(scim);
      const query = { filter: `title eq "${title}"`, sortBy: 'userName', count: '2' };
      const first = await scim.list('/Users', { ...query, cursor: '' });
      expect(first).toMatchObject({
        totalResults: 3,
        itemsPerPage: 2,
        nextCursor: expect.stringMatching(/^[\w-]+$/),
      });
      expect(namesOf(first)).toEqual([amy, ben]);
      const last = await scim.list('/Users', { ...query, cursor: first.nextCursor });
      expect(namesOf(last)).toEqual([cat]);
      expect(last).not.toHaveProperty('nextCursor');
    },
  ],
  [
    '9865 2',
    'pages by cursor show everybody once, also when others are made and deleted meanwhile',
    async ({ scim }) => {
      const { title, amy, ben, cat } = await three(scim);
      const extra = await newUser(scim, { title });
      const query = { filter: `title eq "${title}"`, count: '1' };
      const seen: string[] = [];
      let cursor: string | undefined = '';
      for (let turn = 0; cursor !== undefined; turn++) {
        const page: Json = await scim.list('/Users', { ...query, cursor });
        seen.push(...namesOf(page));
        cursor = page.nextCursor;
        if (turn === 0) await newUser(scim, { title });
        if (turn === 1) await scim.send('DELETE', at(extra));
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining([amy, ben, cat]));
    },
  ],
  [
    '9865 2.1',
    'a cursor that is not of this query is refused with invalidCursor',
    async ({ scim, stranger }) => {
      const { title } = await three(scim);
      const query = { filter: `title eq "${title}"`, count: '1' };
      const { nextCursor } = await scim.list('/Users', { ...query, cursor: '' });
      const send = (from: ScimSource, more: Record<string, string>) =>
        from.get(`/Users?${new URLSearchParams({ ...query, cursor: nextCursor, ...more }).toString()}`);
      expectError(await send(scim, { cursor: 'made-up' }), 400, 'invalidCursor');
      expectError(await send(scim, { filter: 'title pr' }), 400, 'invalidCursor');
      expectError(await send(stranger, {}), 400, 'invalidCursor');
    },
  ],
  [
    '9865 2.1',
    'a count that is no page is refused with invalidCount',
    async ({ scim }) => {
      for (const count of ['0', '-1', 'x']) {
        expectError(await scim.get(`/Users?cursor&count=${count}`), 400, 'invalidCount');
      }
    },
  ],
  [
    '9865 2.3',
    'without a pagination parameter the default method answers, and no error',
    async ({ scim }) => {
      await newUser(scim);
      const { pagination } = (await scim.get('/ServiceProviderConfig')).body;
      expect(pagination.defaultPaginationMethod).toBe('index');
      expect(await scim.list('/Users')).toMatchObject({ startIndex: 1 });
    },
  ],
  [
    '9865 3',
    'POST .search pages by cursor as well',
    async ({ scim }) => {
      const { title } = await three(scim);
      const search = { schemas: [urn.search], filter: `title eq "${title}"`, count: 2 };
      const first = await scim.post('/Users/.search', { ...search, cursor: '' });
      const last = await scim.post('/Users/.search', { ...search, cursor: first.body.nextCursor });
      expect(new Set([...namesOf(first.body), ...namesOf(last.body)]).size).toBe(3);
    },
  ],
  [
    '9865 4',
    'ServiceProviderConfig tells the methods of pagination, sizes and the life of a cursor',
    async ({ scim }) => {
      expect((await scim.get('/ServiceProviderConfig')).body.pagination).toEqual({
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index',
        defaultPageSize: 100,
        maxPageSize: 1000,
        cursorTimeout: 3600,
      });
    },
  ],
]);
