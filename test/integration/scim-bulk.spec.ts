import { beforeAll, describe, expect, it } from 'vitest';
import { type Json, scimHub, type ScimSource } from '../harness/scim-source.js';

const hub = scimHub();
let source: ScimSource;
beforeAll(async () => {
  source = await hub.newSource();
});

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const bulk = (operations: unknown[], more: Json = {}) =>
  source.post('/Bulk', {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    ...more,
    Operations: operations,
  });
const user = (bulkId: string, userName: string, more: Json = {}) => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: { userName, ...more },
});
const group = (bulkId: string, displayName: string, ...members: string[]) => ({
  method: 'POST',
  path: '/Groups',
  bulkId,
  data: { displayName, members: members.map((value) => ({ value })) },
});
const idOf = (outcome: Json) => outcome.location.split('/').at(-1) as string;
const statuses = (answer: { body: Json }) => answer.body.Operations.map(({ status }: Json) => status);
const memberIds = async (id: string) =>
  ((await source.get(`/Groups/${id}`)).body.members ?? []).map(({ value }: Json) => value).toSorted();

describe('a bulk', () => {
  it('creates, replaces, changes and deletes, and tells location, version and status of each', async () => {
    const old = await source.make('/Users', { userName: 'old', title: 'x' });
    const answer = await bulk([
      user('a', 'bulk.a'),
      { method: 'PUT', path: `/Users/${old}`, data: { userName: 'renamed' } },
      {
        method: 'PATCH',
        path: '/Users/bulkId:a',
        data: { Operations: [{ op: 'add', path: 'title', value: 'T' }] },
      },
      { method: 'DELETE', path: `/Users/${old}` },
    ]);
    expect(answer).toMatchObject({
      status: 200,
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'] },
    });
    const [a, put, patched, deleted] = answer.body.Operations;
    expect(a).toEqual({
      method: 'POST',
      bulkId: 'a',
      location: expect.stringContaining('/scim/v2/Users/'),
      version: 'W/"1"',
      status: '201',
    });
    expect(put).toMatchObject({
      method: 'PUT',
      location: `${hub.url}/Users/${old}`,
      version: 'W/"2"',
      status: '200',
    });
    expect(patched).toMatchObject({ location: a.location, version: 'W/"2"', status: '200' });
    expect(deleted).toEqual({ method: 'DELETE', location: `${hub.url}/Users/${old}`, status: '204' });
    expect((await source.get(`/Users/${idOf(a)}`)).body).toMatchObject({ userName: 'bulk.a', title: 'T' });
    expect((await source.get(`/Users/${old}`)).status).toBe(404);
  });

  it('resolves references to operations that come later', async () => {
    const answer = await bulk([
      group('g', 'Later', 'bulkId:u1', 'bulkId:u2'),
      user('u1', 'later.1', { [enterprise]: { manager: { value: 'bulkId:u2' } } }),
      user('u2', 'later.2'),
    ]);
    expect(statuses(answer)).toEqual(['201', '201', '201']);
    const [g, u1, u2] = answer.body.Operations.map(idOf);
    expect(await memberIds(g)).toEqual([u1, u2].toSorted());
    expect((await source.get(`/Users/${u1}`)).body[enterprise].manager.value).toBe(u2);
  });

  it('resolves references that go round in a circle', async () => {
    const manager = (bulkId: string) => ({ [enterprise]: { department: 'D', manager: { value: bulkId } } });
    const answer = await bulk([
      group('g1', 'Circle 1', 'bulkId:g2'),
      group('g2', 'Circle 2', 'bulkId:g3', 'bulkId:m'),
      group('g3', 'Circle 3', 'bulkId:g1'),
      user('m', 'circle.m', manager('bulkId:n')),
      user('n', 'circle.n', manager('bulkId:m')),
    ]);
    expect(statuses(answer)).toEqual(['201', '201', '201', '201', '201']);
    const [g1, g2, g3, m, n] = answer.body.Operations.map(idOf);
    expect(await memberIds(g1)).toEqual([g2]);
    expect(await memberIds(g2)).toEqual([g3, m].toSorted());
    expect(await memberIds(g3)).toEqual([g1]);
    expect((await source.get(`/Users/${m}`)).body[enterprise].manager.value).toBe(n);
    expect((await source.get(`/Users/${n}`)).body[enterprise]).toMatchObject({
      department: 'D',
      manager: { value: m },
    });
    for (const { location, version } of answer.body.Operations as Json[]) {
      expect((await source.get(location.slice(hub.url.length))).headers.get('etag')).toBe(version);
    }
  });

  it('takes back what was created for a circle that cannot be closed', async () => {
    await source.make('/Groups', { displayName: 'Taken' });
    const answer = await bulk([group('a', 'Open', 'bulkId:b'), group('b', 'Taken', 'bulkId:a')]);
    expect(statuses(answer)).toEqual(['409', '409']);
    expect(answer.body.Operations[1].response).toMatchObject({ scimType: 'uniqueness', status: '409' });
    expect((await source.list('/Groups', { filter: 'displayName eq "Open"' })).totalResults).toBe(0);
  });

  it('goes on after an error, and every operation is done as a whole or not at all', async () => {
    const answer = await bulk([
      user('a', 'half.a'),
      user('b', 'HALF.A'),
      {
        method: 'PATCH',
        path: '/Users/bulkId:a',
        data: {
          Operations: [
            { op: 'add', path: 'title', value: 'x' },
            { op: 'remove', path: 'userName' },
          ],
        },
      },
      group('c', 'Half', 'bulkId:b'),
      group('d', 'Half', 'bulkId:nobody'),
      { method: 'GET', path: '/Users' },
      null,
      user('a', 'half.again'),
      user('e', 'half.e'),
      { method: 'PUT', path: '/Users/bulkId:e', version: 'W/"7"', data: { userName: 'half.f' } },
    ]);
    expect(statuses(answer)).toEqual(['201', '409', '400', '409', '400', '400', '400', '400', '201', '412']);
    for (const { status, response } of answer.body.Operations as Json[]) {
      if (status === '201') expect(response).toBeUndefined();
      else expect(response).toMatchObject({ status, detail: expect.stringMatching(/.{15}/) });
    }
    const a = (await source.get(`/Users/${idOf(answer.body.Operations[0])}`)).body;
    expect(a).not.toHaveProperty('title');
    expect((await source.list('/Groups', { filter: 'displayName eq "Half"' })).totalResults).toBe(0);
    expect(answer.body.Operations[1]).not.toHaveProperty('location');
  });

  it('ends after as many errors as the client allows', async () => {
    const answer = await bulk([user('a', ''), user('b', 'stop.b'), user('c', ''), user('d', 'stop.d')], {
      failOnErrors: 2,
    });
    expect(statuses(answer)).toEqual(['400', '201', '400']);
    expect((await source.list('/Users', { filter: 'userName eq "stop.d"' })).totalResults).toBe(0);
  });

  it('has limits, which the configuration tells', async () => {
    const { body } = await source.get('/ServiceProviderConfig');
    expect(body.bulk).toEqual({ supported: true, maxOperations: 1000, maxPayloadSize: 16_777_216 });
    const many = await bulk(Array.from({ length: 1001 }, (_, at) => user(`m${at}`, `m${at}`)));
    expect(many).toMatchObject({ status: 413, body: { detail: expect.stringContaining('1000') } });
    const large = await source.post('/Bulk', `{"x":"${'x'.repeat(body.bulk.maxPayloadSize)}"}`);
    expect(large).toMatchObject({ status: 413, body: { detail: expect.stringContaining('16777216') } });
    expect((await source.list('/Users', { filter: 'userName eq "m0"' })).totalResults).toBe(0);
  });
});
