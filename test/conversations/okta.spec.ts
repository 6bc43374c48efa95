import { beforeAll, describe, expect, it } from 'vitest';
import { expectList, expectScimError } from './entra/conversation.js';
import { ids, type Json, urns } from './scim-client.js';
import { answered, created, memberIds, talkAs } from './talk-as.js';

const talk = talkAs('okta', {
  'user-agent': 'Okta SCIM Client 1.0.0',
  'content-type': 'application/scim+json; charset=utf-8',
});
const page = '&startIndex=1&count=100';
const person = (login: string, more: Json = {}): Json => ({
  schemas: [urns.user],
  userName: login,
  name: { givenName: 'Ada', familyName: 'Okta' },
  emails: [{ primary: true, value: login, type: 'work' }],
  displayName: 'Ada Okta',
  locale: 'en-US',
  externalId: `00u-${login}`,
  groups: [],
  password: '1mz050nq',
  active: true,
  ...more,
});
const assign = async (login: string) => created(await talk.client.post('/Users', person(login)));

describe('Okta tests the connection', () => {
  it.each([1, 2])('asks for the first %i of a directory that is empty', async (count) => {
    const list = await talk.client.get(`/Users?startIndex=1&count=${count}`);
    expectList(list, []);
    expect(list.body).toMatchObject({ startIndex: 1, itemsPerPage: 0 });
  });

  it('asks for somebody who is not there', async () => {
    expectList(await talk.client.find('Users', 'userName eq "abcdefgh@atko.com"', page), []);
  });

  it('shows a wrong token as such, with an error body', async () => {
    const call = { method: 'GET', target: `/scim/v2/Users?startIndex=1&count=1` };
    const headers = { authorization: 'non-token' };
    expectScimError(await talk.client.send({ ...call, headers }), 401, undefined, /token/);
  });

  it('asks for an id that never was', async () => {
    const missing = await talk.client.get('/Users/010101001010101011001010101011');
    expectScimError(missing, 404, undefined, /no user/);
  });
});

describe('Okta assigns a person', () => {
  let id: string;
  let read: Json;
  beforeAll(async () => {
    id = await assign('ada@okta.example');
    read = answered(await talk.client.get(`/Users/${id}`), 200);
  });

  it('gets the whole person back, active, without the password', async () => {
    const { password: _password, groups: _groups, ...shown } = person('ada@okta.example');
    expect(read).toMatchObject({ ...shown, id, meta: { resourceType: 'User' } });
    expect(read).not.toHaveProperty('password');
  });

  it('is told who has the name when it comes twice, whatever the case', async () => {
    const again = await talk.client.post('/Users', person('ADA@okta.example'));
    expectScimError(again, 409, 'uniqueness', new RegExp(id));
    const found = await talk.client.find('Users', 'userName eq "ADA@OKTA.EXAMPLE"', page);
    expectList(found, [id]);
  });

  it('puts back what it has read, and nothing changes', async () => {
    const put = answered(await talk.client.put(`/Users/${id}`, read), 200);
    expect(put).toEqual(read);
    expect(answered(await talk.client.get(`/Users/${id}`), 200)).toEqual(read);
  });

  it('puts back what it has read with one change, and loses nothing of the rest', async () => {
    const changed = { ...read, name: { ...(read.name as Json), familyName: 'Lovelace' }, title: 'Countess' };
    const put = answered(await talk.client.put(`/Users/${id}`, changed), 200);
    expect(put).toEqual({ ...changed, meta: put.meta });
    expect((put.meta as Json).version).not.toBe((read.meta as Json).version);
  });

  it('leaves out of the PUT what shall be gone', async () => {
    const { title: _title, ...rest } = answered(await talk.client.get(`/Users/${id}`), 200);
    expect(answered(await talk.client.put(`/Users/${id}`, rest), 200)).not.toHaveProperty('title');
  });

  it('sets a synchronised password, which is taken and nowhere to be seen', async () => {
    const before = answered(await talk.client.get(`/Users/${id}`), 200);
    const patched = await talk.client.patch(`/Users/${id}`, { op: 'replace', value: { password: 'n3w' } });
    expect(answered(patched, 200)).toEqual(before);
  });

  it('deactivates and reactivates without a path', async () => {
    for (const active of [false, true]) {
      const patched = await talk.client.patch(`/Users/${id}`, { op: 'replace', value: { active } });
      expect(answered(patched, 200)).toMatchObject({ id, active });
      expect(answered(await talk.client.get(`/Users/${id}`), 200)).toMatchObject({ active });
    }
  });

  it('deactivates by PUT, and still finds the person', async () => {
    const whole = answered(await talk.client.get(`/Users/${id}`), 200);
    const put = await talk.client.put(`/Users/${id}`, { ...whole, active: false });
    expect(answered(put, 200)).toMatchObject({ active: false });
    const found = await talk.client.find('Users', 'userName eq "ada@okta.example"', page);
    expectList(found, [id]);
  });
});

describe('Okta pushes groups', () => {
  const users: string[] = [];
  let id: string;
  const push = (...operations: unknown[]) => talk.client.patch(`/Groups/${id}`, ...operations);
  beforeAll(async () => {
    for (const login of ['g1@okta.example', 'g2@okta.example', 'g3@okta.example']) {
      users.push(await assign(login));
    }
    users.sort();
    const body = { schemas: [urns.group], displayName: 'Okta Staff', members: [] };
    id = created(await talk.client.post('/Groups', body));
  });

  it('finds the group by its name', async () => {
    expectList(await talk.client.find('Groups', 'displayName eq "Okta Staff"', page), [id]);
    expectList(await talk.client.find('Groups', 'displayName eq "Nobody"', page), []);
  });

  it('names the group and adds members in one PATCH', async () => {
    const value = users.slice(0, 2).map((user) => ({ value: user, display: 'Ada Okta' }));
    const named = { op: 'replace', value: { id, displayName: 'Okta Staff' } };
    answered(await push(named, { op: 'add', path: 'members', value }), 204);
    expect(await memberIds(talk.client, id)).toEqual(users.slice(0, 2));
  });

  it('takes one out and one in, in one PATCH', async () => {
    const out = { op: 'remove', path: `members[value eq "${users[0]}"]` };
    const value = [{ value: users[2], display: 'g3@okta.example' }];
    answered(await push(out, { op: 'add', path: 'members', value }), 204);
    expect(await memberIds(talk.client, id)).toEqual(users.slice(1));
  });

  it('replaces all members, also by a single one', async () => {
    const replace = (value: Json[]) => push({ op: 'replace', path: 'members', value });
    answered(await replace(users.map((user) => ({ value: user }))), 204);
    expect(await memberIds(talk.client, id)).toEqual(users);
    answered(await replace([{ value: users[1] }]), 204);
    expect(await memberIds(talk.client, id)).toEqual([users[1]]);
  });

  it.each<[string, () => Json]>([
    ['with a path', () => ({ op: 'replace', path: 'members', value: [] })],
    ['without one', () => ({ op: 'replace', value: { members: [], id, displayName: 'Okta Staff' } })],
  ])('empties the group %s', async (_how, operation) => {
    answered(await push({ op: 'add', path: 'members', value: [{ value: users[0] }] }), 204);
    answered(await push(operation()), 204);
    expect(await memberIds(talk.client, id)).toEqual([]);
    expect(answered(await talk.client.get(`/Groups/${id}`), 200)).toMatchObject({
      displayName: 'Okta Staff',
    });
  });

  it('renames without touching the members', async () => {
    answered(await push({ op: 'add', path: 'members', value: [{ value: users[0] }] }), 204);
    answered(await push({ op: 'replace', value: { id, displayName: 'Okta People' } }), 204);
    expectList(await talk.client.find('Groups', 'displayName eq "okta people"', page), [id]);
    expect(await memberIds(talk.client, id)).toEqual([users[0]]);
  });

  it('puts the whole group, as apps of the wizard do', async () => {
    const read = answered(await talk.client.get(`/Groups/${id}`), 200);
    const members = users.map((user) => ({ value: user, display: 'Ada Okta' }));
    answered(await talk.client.put(`/Groups/${id}`, { ...read, members }), 200);
    expect(await memberIds(talk.client, id)).toEqual(users);
  });

  it('is refused a second group of the name', async () => {
    const body = { schemas: [urns.group], displayName: 'OKTA PEOPLE', members: [] };
    expectScimError(await talk.client.post('/Groups', body), 409, 'uniqueness', new RegExp(id));
  });

  it('unlinks and deletes the group; the people stay', async () => {
    answered(await talk.client.delete(`/Groups/${id}`), 204);
    expectScimError(await talk.client.get(`/Groups/${id}`), 404);
    answered(await talk.client.get(`/Users/${users[0]}`), 200);
  });
});

describe('Okta imports', () => {
  it.each(['Users', 'Groups'] as const)('reads every page of %s, each resource once', async (kind) => {
    const extra = Array.from({ length: 5 }, (_, index) =>
      talk.client.post(
        `/${kind}`,
        kind === 'Users' ? person(`import${index}@okta.example`) : { displayName: `Import ${index}` },
      ),
    );
    const made = (await Promise.all(extra)).map(created);
    const seen: unknown[] = [];
    let total = Infinity;
    for (let startIndex = 1; seen.length < total; startIndex += 2) {
      const list = await talk.client.get(`/${kind}?startIndex=${startIndex}&count=2`);
      expect(answered(list, 200)).toMatchObject({ startIndex });
      expect(ids(list).length).toBeGreaterThan(0);
      seen.push(...ids(list));
      total = list.body.totalResults as number;
    }
    expect(seen).toHaveLength(total);
    expect(new Set(seen).size).toBe(total);
    expect(seen).toEqual(expect.arrayContaining(made));
    const beyond = await talk.client.get(`/${kind}?startIndex=${total + 1}&count=100`);
    expect(answered(beyond, 200)).toMatchObject({ totalResults: total, itemsPerPage: 0 });
  });

  it('finds in each person what it maps', async () => {
    const list = answered(await talk.client.get('/Users?startIndex=1&count=100'), 200);
    for (const user of list.Resources as Json[]) {
      expect(user).toMatchObject({
        id: expect.any(String),
        userName: expect.any(String),
        active: expect.any(Boolean),
        name: { givenName: expect.any(String), familyName: expect.any(String) },
        emails: [{ value: expect.any(String) }],
      });
    }
  });
});
