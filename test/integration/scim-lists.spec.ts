import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Json, scimHub, type ScimSource } from '../harness/scim-source.js';

const hub = scimHub();
const searchRequest = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

const people: Json[] = [
  { userName: 'Zoe', title: 'b', name: { familyName: 'Ángel' }, emails: [{ value: 'z@x' }] },
  { userName: 'adam', title: 'B', name: { familyName: 'Zorn' }, active: false },
  {
    userName: 'Bea',
    emails: [
      { value: 'a@x', type: 'home' },
      { value: 'y@x', primary: true },
    ],
  },
  { userName: 'carl', title: 'a', emails: [{ value: 'B@x' }] },
  { userName: 'eva', title: '' },
];
const names = (list: Json): string[] =>
  list.Resources.map(({ userName, displayName }: Json) => userName ?? displayName);

let source: ScimSource;
beforeAll(async () => {
  source = await hub.newSource();
  for (const person of people) await source.make('/Users', person);
  await source.make('/Groups', { displayName: 'alpha' });
  await source.make('/Groups', { displayName: 'Mid' });
});

describe('POST .search', () => {
  it('answers on /Users and /Groups as GET does', async () => {
    for (const [path, filter, sortBy] of [
      ['/Users', 'userName sw "a" or title pr', 'userName'],
      ['/Groups', 'displayName pr', 'displayName'],
    ] as const) {
      const parameters = { filter, sortBy, startIndex: '2', count: '1', attributes: `${sortBy},id` };
      const got = await source.list(path, parameters);
      const searched = await source.post(`${path}/.search`, {
        schemas: [searchRequest],
        ...parameters,
        startIndex: 2,
        count: 1,
        attributes: [sortBy, 'id'],
      });
      expect(searched.status).toBe(200);
      expect(searched.headers.get('content-type')).toMatch(/^application\/scim\+json/);
      expect(searched.body).toEqual(got);
      expect(got.Resources).toHaveLength(1);
    }
  });

  it('answers on the root with users and groups in one order', async () => {
    const all = await source.post('/.search', { schemas: [searchRequest], sortBy: 'displayName' });
    expect(all.body).toMatchObject({ totalResults: 7, itemsPerPage: 7 });
    expect(names(all.body).slice(0, 2)).toEqual(['alpha', 'Mid']);
    expect(all.body.Resources.map(({ meta }: Json) => meta.resourceType)).toEqual([
      'Group',
      'Group',
      ...Array.from({ length: 5 }, () => 'User'),
    ]);
  });

  it('treats an attribute of one type as without a value in the other', async () => {
    const found = await source.post('/.search', { filter: 'userName eq "ADAM" or displayName eq "mid"' });
    expect(names(found.body).toSorted()).toEqual(['Mid', 'adam']);
    const without = await source.post('/.search', {
      filter: 'not (emails[type eq "home"] or userName pr) and name.familyName ne "x"',
    });
    expect(names(without.body).toSorted()).toEqual(['Mid', 'alpha']);
    const unknown = await source.post('/.search', { filter: 'shoeSize eq 4' });
    expect(unknown).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } });
  });

  it.each([
    ['filter', { filter: 7 }],
    ['count', { count: 'many' }],
    ['count', { count: 1.5 }],
    ['attributes', { attributes: [1] }],
    ['sortBy', { sortBy: 'shoeSize' }],
    ['sortBy', { sortBy: 'name' }],
    ['sortBy', { sortBy: 'groups' }],
    ['sortOrder', { sortBy: 'userName', sortOrder: 'upwards' }],
    ['cursor', { cursor: '', startIndex: 1 }],
  ])('refuses a wrong %s: %j', async (name, body) => {
    const refused = await source.post('/Users/.search', body);
    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining(name) } });
  });
});

describe('sorting', () => {
  it.each([
    ['userName', 'ascending', ['adam', 'Bea', 'carl', 'eva', 'Zoe']],
    ['userName', 'descending', ['Zoe', 'eva', 'carl', 'Bea', 'adam']],
    ['emails', 'ascending', ['carl', 'Bea', 'Zoe', 'adam', 'eva']],
    ['emails.value', 'descending', ['eva', 'adam', 'Zoe', 'Bea', 'carl']],
    ['name.familyName', 'ascending', ['adam', 'Zoe', 'Bea', 'carl', 'eva']],
    ['title', 'ascending', ['carl', 'Zoe', 'adam', 'Bea', 'eva']],
    ['active', 'ascending', ['adam', 'Zoe', 'Bea', 'carl', 'eva']],
    ['meta.created', 'ascending', ['Zoe', 'adam', 'Bea', 'carl', 'eva']],
  ])('by %s %s', async (sortBy, sortOrder, expected) => {
    expect(names(await source.list('/Users', { sortBy, sortOrder }))).toEqual(expected);
  });

  it.each([
    ['userName', 'ascending'],
    ['title', 'ascending'],
    ['title', 'descending'],
    ['emails', 'descending'],
  ])('by %s %s is the same in pages by cursor', async (sortBy, sortOrder) => {
    const whole = names(await source.list('/Users', { sortBy, sortOrder }));
    const paged: string[] = [];
    let cursor: string | undefined = '';
    while (cursor !== undefined) {
      const list: Json = await source.list('/Users', { sortBy, sortOrder, cursor, count: '1' });
      expect(list.totalResults).toBe(5);
      paged.push(...names(list));
      cursor = list.nextCursor;
    }
    expect(paged).toEqual(whole);
  });
});

describe('sorted pages', () => {
  const texts = [undefined, '', 'a', 'A', 'b', 'ß', 'é', '😀', '\uffee', 'a b'];
  const value = (text: string | undefined) => text?.toLowerCase() || undefined;
  const inOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

  it('hold what sorting in memory gives, whatever the values, ties and gaps', async () => {
    const own = await hub.newSource();
    const made = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const title = texts[n % texts.length];
        const emails = Array.from({ length: (n * 7) % 4 }, (_value, at) => ({
          value: texts[(n + at * 3) % texts.length] || 'x',
          primary: at === n % 3,
        }));
        const id = await own.make('/Users', { userName: `u${n}`, title, emails, active: n % 3 > 0 });
        const email = value((emails.find(({ primary }) => primary) ?? emails[0])?.value);
        return { id, title: value(title), emails: email, active: String(n % 3 > 0) };
      }),
    );
    for (const sortBy of ['title', 'emails', 'active'] as const) {
      for (const sortOrder of ['ascending', 'descending']) {
        const sign = sortOrder === 'ascending' ? 1 : -1;
        const expected = made
          .toSorted((a, b) => {
            const [x, y] = [a[sortBy], b[sortBy]];
            const byValue =
              x === undefined || y === undefined
                ? Number(x === undefined) - Number(y === undefined)
                : inOrder(x, y);
            return sign * (byValue || inOrder(a.id, b.id));
          })
          .map(({ id }) => id);
        for (const count of ['1', '7', '60']) {
          const seen: string[] = [];
          let cursor: string | undefined = '';
          while (cursor !== undefined) {
            const list: Json = await own.list('/Users', { sortBy, sortOrder, count, cursor });
            seen.push(...list.Resources.map(({ id }: Json) => id));
            cursor = list.nextCursor;
          }
          expect(seen, `${sortBy} ${sortOrder} ${count}`).toEqual(expected);
        }
      }
    }
  });
});

describe('pages by cursor', () => {
  it('show everybody who is there throughout once, whatever comes and goes meanwhile', async () => {
    const own = await hub.newSource();
    const stays = new Set<string>();
    const leaves: string[] = [];
    for (let n = 0; n < 40; n++) {
      const id = await own.make('/Users', { userName: `stay${n}`, title: 'x' });
      if (n % 4 === 0) leaves.push(id);
      else stays.add(id);
    }
    const seen: string[] = [];
    let cursor: string | undefined = '';
    for (let turn = 0; cursor !== undefined; turn++) {
      const list: Json = await own.list('/Users', { filter: 'title eq "X"', cursor, count: '7' });
      expect(list).not.toHaveProperty('startIndex');
      seen.push(...list.Resources.map(({ id }: Json) => id));
      cursor = list.nextCursor;
      const leaver = leaves.pop();
      if (leaver) await own.send('DELETE', `/Users/${leaver}`);
      if (turn < 3) await own.make('/Users', { userName: `new${turn}`, title: 'x' });
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining([...stays]));
  });

  it('refuse a cursor that is not of this query, this tenant or this server', async () => {
    const first = await source.list('/Users', { cursor: '', count: '2', sortBy: 'userName' });
    const cursor: string = first.nextCursor;
    const other = await hub.newSource();
    const changed = `${cursor.slice(0, -3)}${cursor.at(-3) === 'A' ? 'B' : 'A'}${cursor.slice(-2)}`;
    const wrong: [ScimSource, string, Record<string, string>][] = [
      [source, '/Users', { cursor }],
      [source, '/Users', { cursor, sortBy: 'title' }],
      [source, '/Users', { cursor, sortBy: 'userName', filter: 'title pr' }],
      [source, '/Groups', { cursor, sortBy: 'userName' }],
      [source, '/Users', { cursor: changed, sortBy: 'userName' }],
      [source, '/Users', { cursor: 'abc', sortBy: 'userName' }],
      [other, '/Users', { cursor, sortBy: 'userName' }],
    ];
    for (const [from, path, parameters] of wrong) {
      const { status, body } = await from.get(`${path}?${new URLSearchParams(parameters).toString()}`);
      if (path === '/Groups') expect(body).toMatchObject({ status: '400' });
      else expect({ status, scimType: body.scimType }).toEqual({ status: 400, scimType: 'invalidCursor' });
    }
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toMatch(/adam|bea/i);
  });

  it('end with the life of a cursor', async () => {
    const { nextCursor } = await source.list('/Users', { cursor: '', count: '2' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_601_000 });
    try {
      const late = await source.get(`/Users?count=2&cursor=${nextCursor}`);
      expect(late).toMatchObject({ status: 400, body: { scimType: 'expiredCursor' } });
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(['0', '-1', 'x'])('refuse count=%s', async (count) => {
    const refused = await source.get(`/Users?cursor&count=${count}`);
    expect(refused).toMatchObject({ status: 400, body: { scimType: 'invalidCount' } });
  });

  it('answer a look-up by key as well', async () => {
    const list = await source.list('/Users', { filter: 'userName eq "adam"', cursor: '' });
    expect(names(list)).toEqual(['adam']);
    expect(list).not.toHaveProperty('nextCursor');
  });
});
