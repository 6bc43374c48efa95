import { Database } from '@rollcall/platform';
import {
  checkCustomSchema,
  groupType,
  matches,
  normalise,
  parseFilter,
  printFilter,
  resolve,
  shownAttributes,
  typesWith,
  type CompareOperator,
  type Filter,
  type FilterValue,
} from '@rollcall/scim';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileFilterToSql } from '../../libs/read-model/src/filter/compile-filter-to-sql.js';
import { createTestDatabase, type TestDatabase } from '../harness/index.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const acme = 'urn:acme:2.0:User';
const other = 'urn:other:2.0:User';
const defined = checkCustomSchema({
  id: acme,
  attributes: [
    { name: 'floor', type: 'integer' },
    { name: 'share', type: 'decimal' },
    { name: 'hired', type: 'dateTime' },
    { name: 'tags', multiValued: true },
    { name: 'exact', caseExact: true },
    {
      name: 'badge',
      type: 'complex',
      subAttributes: [{ name: 'value' }, { name: 'level', type: 'integer' }],
    },
    {
      name: 'desks',
      type: 'complex',
      multiValued: true,
      subAttributes: [{ name: 'room' }, { name: 'level', type: 'integer' }],
    },
  ],
});
if (defined.problems) throw new Error(JSON.stringify(defined.problems));
const type = typesWith({
  schemas: [defined.schema],
  removed: [{ resourceType: 'User', urn: acme, attributes: ['gone'] }],
}).User;

const texts = [
  '',
  'a',
  'A',
  'ab',
  'Ba',
  'ß',
  'ẞ',
  'İ',
  'i',
  '\u{1F600}',
  '\uFFFD',
  '%',
  '_',
  '\\',
  '"',
  "'",
  '{}',
  'work',
];
const numbers = [0, 1, -1.5, 3, 1e21, 0.1];
const dates = ['2026-03-01T10:00:00+01:00', '2026-03-01T09:00:00Z', '2020-02-29', '2026-03-01T09:00:00.001Z'];

const text = fc.constantFrom(...texts);
const number = fc.constantFrom(...numbers);
const someOf = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 });
const emailElement = fc.record({ type: text, value: text, primary: fc.boolean() }, { requiredKeys: [] });
const user = fc.record(
  {
    userName: text,
    externalId: text,
    displayName: text,
    active: fc.boolean(),
    name: fc.record({ givenName: text, familyName: text }, { requiredKeys: [] }),
    emails: someOf(emailElement),
    meta: fc.record({ lastModified: fc.constantFrom(...dates) }),
    [enterprise]: fc.record({ department: text, manager: fc.record({ value: text }) }, { requiredKeys: [] }),
    [acme]: fc.record(
      {
        floor: fc.constantFrom(0, 1, 3, '1', 'no number'),
        SHARE: number,
        exact: text,
        gone: text,
        badge: fc.oneof(
          fc.record({ value: text, level: fc.constantFrom(1, '3') }, { requiredKeys: [] }),
          text,
        ),
        desks: someOf(fc.record({ room: text, level: fc.constantFrom(0, 1, 3) }, { requiredKeys: [] })),
        hired: fc.constantFrom(...dates),
        tags: fc.oneof(someOf(text), text),
      },
      { requiredKeys: [] },
    ),
    [other]: fc.dictionary(
      fc.constantFrom('colour', 'Sizes', 'parts'),
      fc.oneof(
        text,
        number,
        fc.boolean(),
        someOf(fc.oneof(text, number)),
        someOf(fc.record({ Kind: fc.oneof(text, number) })),
      ),
    ),
  },
  { requiredKeys: [] },
);

const comparisons = (
  names: string[],
  ops: CompareOperator[],
  value: fc.Arbitrary<FilterValue>,
): fc.Arbitrary<Filter> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('compare' as const),
      name: fc.constantFrom(...names),
      op: fc.constantFrom(...ops),
      value,
    }),
    fc.record({
      kind: fc.constant('compare' as const),
      name: fc.constantFrom(...names),
      op: fc.constantFrom('eq' as const, 'ne' as const),
      value: fc.constant(null),
    }),
    fc.record({ kind: fc.constant('present' as const), name: fc.constantFrom(...names) }),
  );
const both: CompareOperator[] = ['eq', 'ne'];
const order: CompareOperator[] = ['gt', 'ge', 'lt', 'le'];
const part: CompareOperator[] = ['co', 'sw', 'ew'];
const untyped = [
  `${other}:colour`,
  `${other}:sizes`,
  `${other}:parts`,
  `${other}:parts.kind`,
  'urn:nobody:2.0:User:x',
];
const leaf = fc.oneof(
  comparisons(
    [
      'userName',
      'externalId',
      'displayName',
      'name.givenName',
      'manager',
      'department',
      'emails',
      'emails.type',
      'tags',
      'exact',
      'badge',
      `${acme}:badge.value`,
      `${acme}:desks.room`,
    ],
    [...both, ...order, ...part],
    text,
  ),
  comparisons(['floor', 'share', `${acme}:badge.level`, `${acme}:desks.level`], [...both, ...order], number),
  comparisons(['active', 'emails.primary'], both, fc.boolean()),
  comparisons(['hired', 'meta.lastModified'], [...both, ...order], fc.constantFrom(...dates)),
  comparisons(untyped, [...both, ...order], fc.oneof(text, number)),
  comparisons(untyped, [...both, ...part], text),
  fc.record({
    kind: fc.constant('present' as const),
    name: fc.constantFrom('name', 'meta', 'emails', acme + ':tags', acme + ':desks', acme + ':badge'),
  }),
);
const nested = (inner: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
  fc.oneof(
    inner,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(inner, { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), operand: inner }),
  );
const element = (name: string, inner: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
  fc.record({ kind: fc.constant('element' as const), name: fc.constant(name), filter: nested(inner) });
const emailTest = fc.oneof(
  comparisons(['type', 'value'], [...both, ...order, ...part], text),
  comparisons(['type', 'value'], ['eq'], text),
  comparisons(['primary'], both, fc.boolean()),
);
const deskTest = fc.oneof(
  comparisons(['room'], [...both, ...order, ...part], text),
  comparisons(['level'], [...both, ...order], number),
);
const filters = nested(
  nested(
    fc.oneof(
      { weight: 5, arbitrary: leaf },
      { weight: 2, arbitrary: element('emails', emailTest) },
      { weight: 2, arbitrary: element(`${acme}:desks`, deskTest) },
      { weight: 1, arbitrary: element('tags', comparisons(['value'], [...both, ...order, ...part], text)) },
      {
        weight: 1,
        arbitrary: element(`${other}:parts`, comparisons(['kind'], both, fc.oneof(text, number))),
      },
    ),
  ),
);

describe('a filter in SQL', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test?.drop());

  it('finds in Postgres what it finds in memory', async () => {
    let hits = 0;
    let misses = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(user, { minLength: 1, maxLength: 12 }), filters, async (users, filter) => {
        const resolved = resolve(filter, type);
        const documents = users.map((attributes) => normalise(shownAttributes(attributes, type), type));
        const inMemory = documents.map((document) => matches(resolved, document));
        const { sql, parameters } = compileFilterToSql(resolved, { column: 'd.search', firstParameter: 2 });
        const rows = await test.database.query<{ met: boolean | null }>(
          `select ${sql} as met from jsonb_array_elements($1::jsonb) with ordinality as d(search, place) order by place`,
          [JSON.stringify(documents), ...parameters],
        );
        expect(
          rows.map(({ met }) => met),
          printFilter(filter),
        ).toEqual(inMemory);
        hits += inMemory.filter(Boolean).length;
        misses += inMemory.filter((met) => !met).length;
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(hits, misses)).toBeGreaterThan(1000);
  });

  it("orders text as in memory, whatever the database's collation", async () => {
    const name = `${new URL(test.url).pathname.slice(1)}_icu`;
    await test.database.query(
      `create database ${name} template template0 locale_provider icu icu_locale 'en' encoding 'UTF8'`,
    );
    const url = new URL(test.url);
    url.pathname = `/${name}`;
    const icu = await Database.connect({ url: url.href, poolSize: 1 });
    try {
      const document = normalise({ displayName: 'z' }, type);
      const resolved = resolve(parseFilter('displayName lt "ä"'), type);
      expect(matches(resolved, document)).toBe(true);
      const { sql, parameters } = compileFilterToSql(resolved, { column: 'd.search', firstParameter: 2 });
      const rows = await icu.query(
        `select 'z' < 'ä' as by_collation, ${sql} as met from (select $1::jsonb as search) d`,
        [JSON.stringify(document), ...parameters],
      );
      expect(rows).toEqual([{ by_collation: false, met: true }]);
    } finally {
      await icu.close();
      await test.database.query(`drop database ${name} with (force)`);
    }
  });

  it('answers equality by the index, also within "and" and value paths', async () => {
    await test.database.query('create table people (id int primary key, search jsonb not null)');
    await test.database.query(
      `insert into people select n, jsonb_build_object('userName', 'user' || n, 'active', true,
         'emails', jsonb_build_array(jsonb_build_object('type', 'work', 'value', n || '@x')))
       from generate_series(1, 20000) n`,
    );
    await test.database.query('create index people_search on people using gin (search jsonb_path_ops)');
    await test.database.query('analyze people');
    for (const filter of [
      'userName eq "USER77"',
      'emails eq "77@x"',
      'emails[type eq "work" and value eq "77@x"]',
      'emails[type ne "home" and value eq "77@x"]',
      'active eq true and emails[type eq "work"].value eq "77@x"',
      'userName eq "user77" or emails.value eq "77@x"',
    ]) {
      const { sql, parameters } = compileFilterToSql(resolve(parseFilter(filter), type), {
        column: 'p.search',
        firstParameter: 1,
      });
      const plan = await test.database.query<{ 'QUERY PLAN': unknown }>(
        `explain (format json) select id from people p where ${sql}`,
        parameters,
      );
      expect(JSON.stringify(plan), filter).toContain('people_search');
      expect(JSON.stringify(plan), filter).not.toContain('Seq Scan');
      const found = await test.database.query<{ id: number }>(
        `select id from people p where ${sql}`,
        parameters,
      );
      expect(found, filter).toEqual([{ id: 77 }]);
    }
  });

  it('asks the membership rows about members, as memory would ask the members themselves', async () => {
    const id = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
    await test.database.query('create schema hub');
    await test.database.query(
      'create table hub.directory_member (tenant_id uuid, group_id uuid, member_id uuid, member_type text)',
    );
    const groups = [
      { id: id(1), members: [] },
      { id: id(2), members: [{ value: id(7), type: 'User' }] },
      {
        id: id(3),
        members: [
          { value: id(7), type: 'User' },
          { value: id(8), type: 'Group' },
        ],
      },
    ];
    for (const group of groups) {
      for (const { value, type: memberType } of group.members) {
        const row = [id(0), group.id, value, memberType];
        await test.database.query('insert into hub.directory_member values ($1, $2, $3, $4)', row);
        const elsewhere = [id(9), group.id, id(6), memberType];
        await test.database.query('insert into hub.directory_member values ($1, $2, $3, $4)', elsewhere);
      }
    }
    const member = fc.oneof(
      comparisons(
        ['value'],
        [...both, ...order, ...part],
        fc.constantFrom(id(6), id(7), id(8), 'nobody', '8', ''),
      ),
      comparisons(['type'], [...both, ...order, ...part], fc.constantFrom('User', 'GROUP', 'u', '')),
      comparisons(['display', '$ref'], [...both, ...part], fc.constantFrom('x', '')),
    );
    const behindDot = member.map((filter) =>
      filter.kind === 'compare' || filter.kind === 'present'
        ? { ...filter, name: `members.${filter.name}` }
        : filter,
    );
    const short = comparisons(['members'], both, fc.constantFrom(id(7), 'nobody'));
    const memberFilters = nested(fc.oneof(behindDot, short, element('members', member)));
    await fc.assert(
      fc.asyncProperty(memberFilters, async (filter) => {
        const resolved = resolve(filter, groupType);
        const { sql, parameters } = compileFilterToSql(resolved, {
          column: `g.search`,
          firstParameter: 3,
          members: { groupId: 'g.id', tenantId: '$1' },
        });
        const rows = await test.database.query<{ met: boolean | null }>(
          `select ${sql} as met from unnest($2::uuid[]) with ordinality as ids(id, place),
             lateral (select ids.id, '{}'::jsonb as search where $1::uuid is not null) g order by place`,
          [id(0), groups.map((group) => group.id), ...parameters],
        );
        expect(
          rows.map(({ met }) => met),
          printFilter(filter),
        ).toEqual(groups.map((group) => matches(resolved, normalise(group, groupType))));
      }),
      { numRuns: 500 },
    );
  });
});
