import { describe, expect, it } from 'vitest';
import { expectList, expectScimError } from './entra/conversation.js';
import { type Json, urns } from './scim-client.js';
import { answered, created, memberIds, talkAs } from './talk-as.js';

const talk = talkAs('jumpcloud');
const person = (name: string, more: Json = {}): Json => ({
  schemas: [urns.user],
  userName: `${name}@jumpcloud.example`,
  name: { givenName: name, familyName: 'Cloud', formatted: `${name} Cloud` },
  emails: [{ value: `${name}@jumpcloud.example`, type: 'work', primary: true }],
  active: true,
  ...more,
});

describe('JumpCloud activates', () => {
  it('makes a test user and a test group, joins, parts and deletes them', async () => {
    expectList(await talk.client.find('Users', 'userName eq "test@jumpcloud.example"'), []);
    const user = created(await talk.client.post('/Users', person('test')));
    const body = { schemas: [urns.group], displayName: 'Test group', members: [] };
    const group = created(await talk.client.post('/Groups', body));
    const add = { op: 'add', path: 'members', value: [{ value: user }] };
    answered(await talk.client.patch(`/Groups/${group}`, add), 204);
    expect(await memberIds(talk.client, group)).toEqual([user]);
    answered(await talk.client.delete(`/Groups/${group}`), 204);
    answered(await talk.client.delete(`/Users/${user}`), 204);
    expectScimError(await talk.client.get(`/Users/${user}`), 404);
    expectScimError(await talk.client.get(`/Groups/${group}`), 404);
  });

  it('activates again: the names are free once more', async () => {
    const user = created(await talk.client.post('/Users', person('test')));
    created(await talk.client.post('/Groups', { schemas: [urns.group], displayName: 'Test group' }));
    const put = await talk.client.put(`/Users/${user}`, person('test', { id: user, active: false }));
    expect(answered(put, 200)).toMatchObject({ active: false });
    const found = await talk.client.find('Users', 'userName eq "test@jumpcloud.example"');
    expectList(found, [user]);
    expect((found.body.Resources as Json[])[0]).toMatchObject({ active: false });
  });
});

describe('JumpCloud keeps people and groups', () => {
  it('updates by PUT with what it read, and by PATCH', async () => {
    const id = created(await talk.client.post('/Users', person('mia')));
    const read = answered(await talk.client.get(`/Users/${id}`), 200);
    const put = answered(await talk.client.put(`/Users/${id}`, { ...read, title: 'Pilot' }), 200);
    expect(put).toEqual({ ...read, title: 'Pilot', meta: put.meta });
    const patched = await talk.client.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
    expect(answered(patched, 200)).toEqual({ ...put, active: false, meta: patched.body.meta });
  });

  it('takes out of a group the member it names beside the path, and nobody else', async () => {
    const people = await Promise.all(['a', 'b', 'c'].map((name) => talk.client.post('/Users', person(name))));
    const members = people.map(created).toSorted();
    const group = created(
      await talk.client.post('/Groups', {
        schemas: [urns.group],
        displayName: 'Crew',
        members: members.map((value) => ({ value })),
      }),
    );
    const remove = { op: 'Remove', path: 'members', value: [{ value: members[0] }] };
    // Twice: an answer may be lost.
    for (const _ of [1, 2]) {
      answered(await talk.client.patch(`/Groups/${group}`, remove), 204);
      expect(await memberIds(talk.client, group)).toEqual(members.slice(1));
    }
    const replace = { op: 'replace', path: 'members', value: [{ value: members[0] }] };
    answered(await talk.client.patch(`/Groups/${group}`, replace), 204);
    expect(await memberIds(talk.client, group)).toEqual([members[0]]);
  });
});
