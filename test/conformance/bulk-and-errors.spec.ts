import { expect } from 'vitest';
import type { Json, ScimSource } from '../harness/scim-source.js';
import { at, expectError, newUser, requirements, unique, urn } from './requirement.js';

const bulk = (scim: ScimSource, operations: unknown[], more: Json = {}) =>
  scim.post('/Bulk', { schemas: [urn.bulk], ...more, Operations: operations });
const create = (bulkId: string, path: string, data: Json) => ({ method: 'POST', path, bulkId, data });
const user = (bulkId: string, more: Json = {}) => create(bulkId, '/Users', { userName: unique(), ...more });
const group = (bulkId: string, ...members: string[]) =>
  create(bulkId, '/Groups', { displayName: unique(), members: members.map((value) => ({ value })) });
const outcomes = (answer: { body: Json }): Json[] => answer.body.Operations;
const read = async (scim: ScimSource, outcome: Json) =>
  (await scim.get(outcome.location.slice(scim.baseUrl.length))).body;

requirements('Bulk and errors', [
  [
    '7644 3.7',
    'a bulk is answered with 200 and a BulkResponse with method, bulkId, location, version and status',
    async ({ scim }) => {
      const answer = await bulk(scim, [user('a')]);
      expect(answer).toMatchObject({ status: 200, body: { schemas: [urn.bulkResponse] } });
      expect(outcomes(answer)).toEqual([
        {
          method: 'POST',
          bulkId: 'a',
          location: expect.stringContaining(`${scim.baseUrl}/Users/`),
          version: expect.stringMatching(/^W\//),
          status: '201',
        },
      ]);
      expect((await read(scim, outcomes(answer)[0]!)).meta.version).toBe(outcomes(answer)[0]!.version);
    },
  ],
  [
    '7644 3.7',
    'POST, PUT, PATCH and DELETE can be operations of a bulk',
    async ({ scim }) => {
      const [put, changed, deleted] = [await newUser(scim), await newUser(scim), await newUser(scim)];
      const patch = { schemas: [urn.patch], Operations: [{ op: 'add', path: 'title', value: 'T' }] };
      const answer = await bulk(scim, [
        user('a'),
        { method: 'PUT', path: at(put), data: { userName: put.body.userName, title: 'U' } },
        { method: 'PATCH', path: at(changed), data: patch },
        { method: 'DELETE', path: at(deleted) },
      ]);
      expect(outcomes(answer).map(({ status }) => status)).toEqual(['201', '200', '200', '204']);
      expect((await scim.get(at(put))).body.title).toBe('U');
      expect((await scim.get(at(changed))).body.title).toBe('T');
      expect((await scim.get(at(deleted))).status).toBe(404);
    },
  ],
  [
    '7644 3.7',
    'the version of an operation must be the current one: 412',
    async ({ scim }) => {
      const made = await newUser(scim);
      const answer = await bulk(scim, [{ method: 'DELETE', path: at(made), version: 'W/"99"' }]);
      expect(outcomes(answer)).toMatchObject([{ status: '412', response: { status: '412' } }]);
      expect((await scim.get(at(made))).status).toBe(200);
    },
  ],
  [
    '7644 3.7.1',
    'references in a circle are resolved',
    async ({ scim }) => {
      const answer = await bulk(scim, [group('a', 'bulkId:b'), group('b', 'bulkId:a')]);
      const [a, b] = await Promise.all(outcomes(answer).map((outcome) => read(scim, outcome)));
      expect(a!.members).toMatchObject([{ value: b!.id, type: 'Group' }]);
      expect(b!.members).toMatchObject([{ value: a!.id, type: 'Group' }]);
    },
  ],
  [
    '7644 3.7.2',
    'a bulkId stands for the id of what its operation creates, earlier or later',
    async ({ scim }) => {
      const answer = await bulk(scim, [
        group('g', 'bulkId:u', 'bulkId:v'),
        user('u', { [urn.enterprise]: { manager: { value: 'bulkId:v' } } }),
        user('v'),
      ]);
      const [g, u, v] = await Promise.all(outcomes(answer).map((outcome) => read(scim, outcome)));
      expect(g!.members.map(({ value }: Json) => value).toSorted()).toEqual([u!.id, v!.id].toSorted());
      expect(u![urn.enterprise].manager.value).toBe(v!.id);
    },
  ],
  [
    '7644 3.7.2',
    'a bulkId can be in the path of a later operation',
    async ({ scim }) => {
      const answer = await bulk(scim, [user('a'), { method: 'DELETE', path: '/Users/bulkId:a' }]);
      expect(outcomes(answer).map(({ status }) => status)).toEqual(['201', '204']);
    },
  ],
  [
    '7644 3.7.2',
    'a POST without a bulkId is refused, and so is a reference that nothing stands for',
    async ({ scim }) => {
      const { bulkId: _none, ...without } = user('a');
      const answer = await bulk(scim, [without, group('g', 'bulkId:nobody')]);
      expect(outcomes(answer)).toMatchObject([{ status: '400' }, { status: '400' }]);
    },
  ],
  [
    '7644 3.7.3',
    'an operation that fails tells status and error, has no location when it should have created, and the others go on',
    async ({ scim }) => {
      const [wrong, right] = outcomes(await bulk(scim, [create('a', '/Users', {}), user('b')]));
      expect(wrong).toEqual({
        method: 'POST',
        bulkId: 'a',
        status: '400',
        response: expect.objectContaining({ schemas: [urn.error], scimType: 'invalidValue', status: '400' }),
      });
      expect(right).toMatchObject({ status: '201' });
    },
  ],
  [
    '7644 3.7.3',
    'failOnErrors ends the bulk after as many errors',
    async ({ scim }) => {
      const operations = [create('a', '/Users', {}), user('b')];
      expect(outcomes(await bulk(scim, operations, { failOnErrors: 1 }))).toHaveLength(1);
      expect(outcomes(await bulk(scim, operations, { failOnErrors: 2 }))).toHaveLength(2);
    },
  ],
  [
    '7644 3.7.4',
    'more operations than maxOperations are refused with 413',
    async ({ scim }) => {
      const { bulk: limits } = (await scim.get('/ServiceProviderConfig')).body;
      const many = Array.from({ length: limits.maxOperations + 1 }, (_, n) => user(`m${n}`));
      const answer = await bulk(scim, many);
      expectError(answer, 413);
      expect(answer.body.detail).toContain(String(limits.maxOperations));
    },
  ],
  [
    '7644 3.7.4',
    'a body larger than maxPayloadSize is refused with 413',
    async ({ scim }) => {
      const { bulk: limits } = (await scim.get('/ServiceProviderConfig')).body;
      const answer = await scim.post('/Bulk', `{"x":"${'x'.repeat(limits.maxPayloadSize)}"}`);
      expectError(answer, 413);
      expect(answer.body.detail).toContain(String(limits.maxPayloadSize));
    },
  ],
  [
    '7644 3.12',
    'a body that is no JSON is refused with 400 invalidSyntax',
    async ({ scim }) => {
      for (const body of ['{"userName":', 'userName=x', '[]', '"x"']) {
        expectError(await scim.post('/Users', body), 400, 'invalidSyntax');
      }
    },
  ],
  [
    '7644 3.12',
    'an endpoint that does not exist is answered with 404 and a SCIM error',
    async ({ scim }) => {
      expectError(await scim.get('/Printers'), 404);
      expectError(await scim.send('PUT', '/Users', {}), 404);
    },
  ],
  [
    '7644 3.12',
    'the status of an error is text, and its detail says what to change',
    async ({ scim }) => {
      const { body } = await scim.post('/Users', { active: true });
      expect(body).toEqual({
        schemas: [urn.error],
        status: '400',
        scimType: 'invalidValue',
        detail: expect.stringContaining('userName'),
      });
    },
  ],
]);
