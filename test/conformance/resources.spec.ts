import { expect } from 'vitest';
import type { Json } from '../harness/scim-source.js';
import { at, expectError, newGroup, newUser, patch, requirements, unique, urn } from './requirement.js';

const withoutMeta = ({ meta: _meta, ...rest }: Json) => rest;
const isGone = { Users: 'no user', Groups: 'no group' };

requirements('Resources', [
  [
    '7644 2',
    'a request without a valid bearer token is answered with 401 and how to authenticate',
    async ({ scim }) => {
      const answers = await Promise.all([
        scim.get('/Users', { authorization: '' }),
        scim.get('/Users', { authorization: 'Bearer wrong' }),
        scim.get('/Users', { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` }),
      ]);
      for (const answer of answers) {
        expectError(answer, 401);
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
    },
  ],
  [
    '7644 3.1',
    'bodies are sent and accepted as application/scim+json and application/json',
    async ({ scim }) => {
      for (const type of [
        'application/scim+json',
        'application/json',
        'application/scim+json; charset=utf-8',
      ]) {
        const made = await scim.send('POST', '/Users', { userName: unique() }, { 'content-type': type });
        expect(made.status).toBe(201);
        expect(made.headers.get('content-type')).toMatch(/^application\/scim\+json/);
      }
    },
  ],
  [
    '7644 3.3',
    'a created resource is answered with 201, its address in Location and in meta.location, and itself',
    async ({ scim }) => {
      const made = await newUser(scim, { title: 'T' });
      expect(made).toMatchObject({ status: 201, body: { title: 'T' } });
      expect(made.headers.get('location')).toBe(made.body.meta.location);
      expect((await scim.get(at(made))).body).toEqual(made.body);
    },
  ],
  [
    '7644 3.3',
    'read-only attributes in a new resource are ignored',
    async ({ scim }) => {
      const made = await newUser(scim, { id: 'x', meta: { version: 'x' }, groups: [{ value: 'x' }] });
      expect(made.status).toBe(201);
      expect(made.body.id).not.toBe('x');
      expect(made.body).not.toHaveProperty('groups');
    },
  ],
  [
    '7644 3.3',
    'a resource that would be a duplicate is refused with 409 uniqueness',
    async ({ scim }) => {
      const user = await newUser(scim);
      expectError(await newUser(scim, { userName: user.body.userName }), 409, 'uniqueness');
      const group = await newGroup(scim);
      expectError(await newGroup(scim, { displayName: group.body.displayName }), 409, 'uniqueness');
    },
  ],
  [
    '7644 3.3.1',
    'meta.resourceType follows from the endpoint',
    async ({ scim }) => {
      expect((await newUser(scim)).body.meta.resourceType).toBe('User');
      expect((await newGroup(scim)).body.meta.resourceType).toBe('Group');
    },
  ],
  [
    '7644 3.4.1',
    'a known resource is read with 200, an unknown one answered with 404',
    async ({ scim }) => {
      for (const made of [await newUser(scim), await newGroup(scim)]) {
        expect((await scim.get(at(made))).status).toBe(200);
      }
      for (const path of ['Users', 'Groups'] as const) {
        for (const id of ['nobody', '01890000-0000-7000-8000-000000000000']) {
          const answer = await scim.get(`/${path}/${id}`);
          expectError(answer, 404);
          expect(answer.body.detail).toContain(isGone[path]);
        }
      }
    },
  ],
  [
    '7644 6',
    'a resource of another organisation cannot be read, changed or deleted',
    async ({ scim, stranger }) => {
      const made = await newUser(scim);
      expectError(await stranger.get(at(made)), 404);
      expectError(await stranger.send('PUT', at(made), { userName: 'x' }), 404);
      expectError(await patch(stranger, at(made), { op: 'add', path: 'title', value: 'x' }), 404);
      expectError(await stranger.send('DELETE', at(made)), 404);
      expect((await scim.get(at(made))).body).toEqual(made.body);
    },
  ],
  [
    '7644 3.5.1',
    'PUT answers 200 with the resource as it is then',
    async ({ scim }) => {
      const made = await newUser(scim, { title: 'T' });
      const put = await scim.send('PUT', at(made), { userName: made.body.userName, title: 'New' });
      expect(put).toMatchObject({ status: 200, body: { title: 'New' } });
      expect((await scim.get(at(made))).body).toEqual(put.body);
    },
  ],
  [
    '7644 3.5.1',
    'PUT of what was read changes nothing',
    async ({ scim }) => {
      const member = await newUser(scim, {
        name: { givenName: 'A' },
        emails: [{ value: 'a@x', primary: true }],
        addresses: [{ locality: 'L', type: 'work' }],
        [urn.enterprise]: { department: 'D' },
        active: false,
      });
      const inner = await newGroup(scim);
      const group = await newGroup(scim, { members: [{ value: member.body.id }, { value: inner.body.id }] });
      for (const path of [at(member), at(group)]) {
        const { body } = await scim.get(path);
        const put = await scim.send('PUT', path, body);
        expect(put).toMatchObject({ status: 200 });
        expect(put.body).toEqual(body);
      }
    },
  ],
  [
    '7644 3.5.1',
    'PUT clears what it leaves out',
    async ({ scim }) => {
      const user = await newUser(scim, {
        title: 'T',
        emails: [{ value: 'a@x' }],
        externalId: unique(),
        [urn.enterprise]: { department: 'D' },
      });
      const put = await scim.send('PUT', at(user), { userName: user.body.userName });
      expect(withoutMeta(put.body)).toEqual({
        schemas: [urn.user],
        id: user.body.id,
        userName: user.body.userName,
        active: true,
      });
      const group = await newGroup(scim, { members: [{ value: user.body.id }] });
      const bare = await scim.send('PUT', at(group), { displayName: group.body.displayName });
      expect(bare.body.members ?? []).toEqual([]);
    },
  ],
  [
    '7644 3.5.1',
    'PUT ignores read-only attributes',
    async ({ scim }) => {
      const made = await newUser(scim);
      const put = await scim.send('PUT', at(made), {
        userName: made.body.userName,
        id: 'other',
        meta: { created: '2001-01-01T00:00:00Z', resourceType: 'Group' },
        groups: [{ value: 'x' }],
      });
      expect(put.body).toEqual(made.body);
    },
  ],
  [
    '7644 3.5.1',
    'PUT without a required attribute is refused and changes nothing',
    async ({ scim }) => {
      const made = await newUser(scim);
      expectError(await scim.send('PUT', at(made), { title: 'T' }), 400, 'invalidValue');
      expect((await scim.get(at(made))).body).toEqual(made.body);
    },
  ],
  [
    '7644 3.5.1',
    'PUT does not create: an unknown id is answered with 404',
    async ({ scim }) => {
      const path = '/Users/01890000-0000-7000-8000-000000000000';
      expectError(await scim.send('PUT', path, { userName: unique() }), 404);
    },
  ],
  [
    '7644 3.5.1',
    'PUT that takes a name already used is refused with 409 uniqueness',
    async ({ scim }) => {
      const [one, two] = [await newUser(scim), await newUser(scim)];
      expectError(await scim.send('PUT', at(two), { userName: one.body.userName }), 409, 'uniqueness');
    },
  ],
  [
    '7644 3.6',
    'DELETE answers 204 without a body, and the resource is gone for every request',
    async ({ scim }) => {
      for (const made of [await newUser(scim), await newGroup(scim)]) {
        expect(await scim.send('DELETE', at(made))).toMatchObject({ status: 204, body: undefined });
        expectError(await scim.get(at(made)), 404);
        expectError(await scim.send('DELETE', at(made)), 404);
        expectError(await patch(scim, at(made), { op: 'add', path: 'displayName', value: 'x' }), 404);
        const kind = at(made).split('/')[1];
        const found = await scim.list(`/${kind}`, { filter: `id eq "${made.body.id}"` });
        expect(found.totalResults).toBe(0);
      }
    },
  ],
  [
    '7644 3.6',
    'the name of a deleted resource can be used again, for another resource',
    async ({ scim }) => {
      const made = await newUser(scim);
      await scim.send('DELETE', at(made));
      const again = await newUser(scim, { userName: made.body.userName });
      expect(again.status).toBe(201);
      expect(again.body.id).not.toBe(made.body.id);
    },
  ],
  [
    '7644 3.6',
    'a deleted member is in no group any more',
    async ({ scim }) => {
      const user = await newUser(scim);
      const group = await newGroup(scim, { members: [{ value: user.body.id }] });
      await scim.send('DELETE', at(user));
      expect((await scim.get(at(group))).body.members ?? []).toEqual([]);
    },
  ],
  [
    '7644 3.8',
    'the Accept header application/scim+json or application/json is honoured',
    async ({ scim }) => {
      for (const accept of ['application/scim+json', 'application/json', '*/*']) {
        expect((await scim.get('/Users?count=0', { accept })).status).toBe(200);
      }
    },
  ],
  [
    '7644 3.9',
    'attributes chooses what is returned, beside what is returned always',
    async ({ scim }) => {
      const made = await newUser(scim, { title: 'T', name: { givenName: 'A', familyName: 'B' } });
      const read = await scim.get(`${at(made)}?attributes=NAME.givenname`);
      expect(read.body).toEqual({ schemas: [urn.user], id: made.body.id, name: { givenName: 'A' } });
      const full = `${urn.enterprise}:department`;
      const extended = await newUser(scim, { [urn.enterprise]: { department: 'D', division: 'V' } });
      expect((await scim.get(`${at(extended)}?attributes=${full}`)).body[urn.enterprise]).toEqual({
        department: 'D',
      });
    },
  ],
  [
    '7644 3.9',
    'excludedAttributes leaves out, but nothing that is returned always',
    async ({ scim }) => {
      const made = await newUser(scim, { title: 'T', emails: [{ value: 'a@x', type: 'work' }] });
      const { body } = await scim.get(`${at(made)}?excludedAttributes=id,schemas,title,emails.type`);
      expect(body).toMatchObject({ id: made.body.id, schemas: [urn.user], emails: [{ value: 'a@x' }] });
      expect(body).not.toHaveProperty('title');
      expect(body.emails[0]).not.toHaveProperty('type');
    },
  ],
  [
    '7644 3.9',
    'attributes and excludedAttributes hold for the answers to POST, PUT and PATCH too',
    async ({ scim }) => {
      const userName = unique();
      const made = await scim.post('/Users?attributes=userName', { userName, title: 'T' });
      expect(made.body).toEqual({ schemas: [urn.user], id: expect.any(String), userName });
      const path = `/Users/${made.body.id}?excludedAttributes=title`;
      expect((await scim.send('PUT', path, { userName, title: 'U' })).body).not.toHaveProperty('title');
      const changed = await patch(scim, path, { op: 'replace', path: 'title', value: 'V' });
      expect(changed.body).not.toHaveProperty('title');
    },
  ],
  [
    '7644 3.10',
    'attributes can be named with the URN of their schema, regardless of case',
    async ({ scim }) => {
      const made = await newUser(scim, { title: 'T' });
      const name = `${urn.user}:TITLE`;
      expect((await scim.get(`${at(made)}?attributes=${name}`)).body.title).toBe('T');
      const filter = `${urn.user}:userName eq "${made.body.userName}"`;
      expect((await scim.list('/Users', { filter })).totalResults).toBe(1);
    },
  ],
  [
    '7644 3.11',
    '/Me, which is not supported, is answered with 501',
    async ({ scim }) => {
      expectError(await scim.get('/Me'), 501);
      expectError(await scim.send('PATCH', '/Me', {}), 501);
      expectError(await scim.send('DELETE', '/Me'), 501);
    },
  ],
  [
    '7644 3.14',
    'the ETag header is the version of the resource',
    async ({ scim }) => {
      for (const made of [await newUser(scim), await newGroup(scim)]) {
        expect(made.headers.get('etag')).toBe(made.body.meta.version);
        const read = await scim.get(at(made));
        expect(read.headers.get('etag')).toBe(made.body.meta.version);
      }
    },
  ],
  [
    '7644 3.14',
    'If-None-Match with the current version is answered with 304',
    async ({ scim }) => {
      for (const made of [await newUser(scim), await newGroup(scim)]) {
        const known = { 'if-none-match': made.body.meta.version };
        expect(await scim.get(at(made), known)).toMatchObject({ status: 304, body: undefined });
        await patch(scim, at(made), { op: 'replace', path: 'displayName', value: unique() });
        expect((await scim.get(at(made), known)).status).toBe(200);
      }
    },
  ],
  [
    '7644 3.14',
    'If-Match with another version is answered with 412 and changes nothing',
    async ({ scim }) => {
      const made = await newUser(scim);
      await patch(scim, at(made), { op: 'add', path: 'title', value: 'T' });
      const old = { 'if-match': made.body.meta.version };
      const before = (await scim.get(at(made))).body;
      expectError(await scim.send('PUT', at(made), { userName: 'x' }, old), 412);
      const operations = { schemas: [urn.patch], Operations: [{ op: 'remove', path: 'title' }] };
      expectError(await scim.send('PATCH', at(made), operations, old), 412);
      expectError(await scim.send('DELETE', at(made), undefined, old), 412);
      expect((await scim.get(at(made))).body).toEqual(before);
      const current = { 'if-match': before.meta.version };
      expect((await scim.send('DELETE', at(made), undefined, current)).status).toBe(204);
    },
  ],
  [
    '7644 4',
    'the discovery endpoints answer with 200 and cannot be changed',
    async ({ scim }) => {
      for (const path of ['/ServiceProviderConfig', '/ResourceTypes', '/Schemas']) {
        expect((await scim.get(path)).status).toBe(200);
        const changed = await scim.post(path, {});
        expect([404, 405, 501]).toContain(changed.status);
      }
    },
  ],
  [
    '7644 4',
    'one resource type and one schema can be read by itself, an unknown one is answered with 404',
    async ({ scim }) => {
      expect((await scim.get('/ResourceTypes/User')).body.name).toBe('User');
      expect((await scim.get(`/Schemas/${urn.group}`)).body.name).toBe('Group');
      expectError(await scim.get('/ResourceTypes/Printer'), 404);
      expectError(await scim.get('/Schemas/urn:none'), 404);
    },
  ],
  [
    '7644 4',
    'lists of the discovery endpoints are list responses',
    async ({ scim }) => {
      for (const [path, count] of [
        ['/ResourceTypes', 2],
        ['/Schemas', 3],
      ] as const) {
        expect((await scim.get(path)).body).toMatchObject({ schemas: [urn.list], totalResults: count });
      }
    },
  ],
  [
    '7644 4',
    'a filter on a discovery endpoint is refused with 403',
    async ({ scim }) => {
      for (const path of ['/ServiceProviderConfig', '/ResourceTypes', '/Schemas']) {
        expectError(await scim.get(`${path}?filter=${encodeURIComponent('name eq "User"')}`), 403);
      }
    },
  ],
]);
