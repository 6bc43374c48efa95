import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Json, type ScimAnswer, scimHub } from '../harness/scim-source.js';

const hub = scimHub();
const rounds = 500;
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const names = [
  'userName',
  'emails',
  'emails.value',
  'groups',
  'groups.$ref',
  'members',
  'meta.version',
  'id',
];
const strangeTexts = [
  '',
  'a b',
  'name.x.y',
  'urn:a:b:2.0:C:d.e',
  'a\0b',
  'urn:a:b:2.0:C:d\0',
  '\ud800',
  '"',
  '%',
  '__proto__',
  'constructor',
  'bulkId:a',
  'bulkId:',
  'x'.repeat(5000),
  `${enterprise}:manager`,
  'emails[type eq "work"]',
];
const strangeValues = [null, 0, -1, 1e9, 1e20, 1.5, true, {}, [], [1], [[['x']]], { a: { b: {} } }];

const value = fc.constantFrom<unknown>(...names, ...strangeTexts, ...strangeValues);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const filtersOn = (group: string) =>
  fc.constantFrom(
    `groups.value eq "${group}"`,
    `groups.value ne "${group}" or groups.value eq null`,
    'groups pr and not (groups.value gt "a")',
    'groups[display co "g" or type eq "indirect"]',
    'groups[value sw "0" and not (type eq "direct")]',
    'groups.$ref eq "x"',
    'groups eq "a\0b"',
    'groups.display eq "\ud800"',
    'userName eq "x" and groups pr',
    'members.value pr or userName pr',
  );

const searchesOn = (group: string): fc.Arbitrary<Json> =>
  fc.record({
    filter: maybe(fc.oneof(filtersOn(group), value)),
    sortBy: maybe(value),
    sortOrder: maybe(fc.constantFrom('ascending', 'descending', 'sideways', 7)),
    startIndex: maybe(value),
    count: maybe(fc.oneof(fc.nat(5), value)),
    cursor: maybe(fc.oneof(fc.constant(''), value)),
    attributes: maybe(value),
    excludedAttributes: maybe(value),
  });

const bulksOn = (user: string, group: string): fc.Arbitrary<Json> => {
  const member = fc.record({ value: fc.oneof(fc.constantFrom('bulkId:a', 'bulkId:b', user, group), value) });
  const data = fc.oneof(
    fc.record({ userName: fc.stringMatching(/^n[0-9]$/), title: value, manager: value, emails: value }),
    fc.record({ displayName: fc.stringMatching(/^g[0-9]$/), members: fc.array(member, { maxLength: 3 }) }),
    fc.record({
      Operations: fc.array(
        fc.record({ op: fc.constantFrom('add', 'remove', 'replace'), path: value, value }),
        {
          maxLength: 3,
        },
      ),
    }),
    value,
  );
  const operation = fc.record({
    method: fc.constantFrom('POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'get', 1),
    path: fc.constantFrom(
      '/Users',
      '/Groups',
      `/Users/${user}`,
      `/Groups/${group}`,
      '/Users/bulkId:a',
      '/Users/%zz',
      '/',
      5,
    ),
    bulkId: fc.constantFrom('a', 'b', 'a\0', '__proto__', 7, undefined),
    version: maybe(fc.constantFrom('W/"1"', '*', 'x', 7)),
    data,
  });
  return fc.record({
    failOnErrors: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(undefined, 2) },
      { weight: 1, arbitrary: value },
    ),
    Operations: fc.oneof(
      { weight: 9, arbitrary: fc.array(fc.oneof(operation, value), { maxLength: 5 }) },
      { weight: 1, arbitrary: value },
    ),
  });
};

it('no search, list or bulk makes the server fail', { timeout: 180_000 }, async () => {
  const source = await hub.newSource();
  const user = await source.make('/Users', { userName: 'someone', emails: [{ value: 'a@x' }] });
  const group = await source.make('/Groups', { displayName: 'G', members: [{ value: user }] });
  const isTold = (answer: ScimAnswer, sent: unknown) =>
    expect(answer.status, `${JSON.stringify(sent)}: ${JSON.stringify(answer.body)}`).toBeLessThan(500);

  const seeded = { seed: 20260301, numRuns: rounds };
  const paths = ['/Users', '/Groups', ''];
  let searches = 0;
  for (const search of fc.sample(searchesOn(group), seeded)) {
    const path = paths[searches++ % paths.length]!;
    isTold(await source.post(`${path}/.search`, search), search);
    if (path === '') continue;
    const given = Object.entries(search).filter(([, part]) => part !== undefined);
    const query = new URLSearchParams(
      given.map(([name, part]): [string, string] => [name, String(part)]),
    ).toString();
    isTold(await source.get(`${path}?${query}`), search);
  }

  let operations = 0;
  for (const bulk of fc.sample(bulksOn(user, group), seeded)) {
    const answer = await source.post('/Bulk', bulk);
    isTold(answer, bulk);
    for (const outcome of answer.body.Operations ?? []) {
      operations++;
      expect(Number(outcome.status), `${JSON.stringify(bulk)}: ${JSON.stringify(outcome)}`).toBeLessThan(500);
    }
  }
  expect(operations).toBeGreaterThan(rounds);
});
