import { describe, expect, it } from 'vitest';
import { expectList, expectScimError } from './entra/conversation.js';
import { ids, type Json, urns } from './scim-client.js';
import { answered, created, talkAs } from './talk-as.js';

const talk = talkAs('google');
const person = (name: string): Json => ({
  schemas: [urns.user, urns.enterprise],
  userName: `${name}@google.example`,
  name: { givenName: name, familyName: 'Workspace' },
  emails: [{ value: `${name}@google.example`, type: 'work', primary: true }],
  active: true,
  [urns.enterprise]: { department: 'Maps', costCenter: '42' },
});

describe('Google Workspace provisions', () => {
  it('probes with count=1, before anybody is there and after', async () => {
    expectList(await talk.client.get('/Users?count=1'), []);
    const made = await Promise.all(['p1', 'p2'].map((name) => talk.client.post('/Users', person(name))));
    const probe = await talk.client.get('/Users?count=1');
    expect(answered(probe, 200)).toMatchObject({ totalResults: 2, itemsPerPage: 1, startIndex: 1 });
    expect(made.map(created)).toContain(ids(probe)[0]);
  });

  it('reads in the schemas which attributes it may offer', async () => {
    const { Resources } = answered(await talk.client.get('/Schemas'), 200);
    const names = (urn: string) => {
      const schema = (Resources as Json[]).find(({ id }) => id === urn) ?? { attributes: [] };
      return (schema.attributes as Json[]).map(({ name }) => name);
    };
    expect(names(urns.user)).toEqual(expect.arrayContaining(['userName', 'name', 'emails', 'active']));
    expect(names(urns.enterprise)).toEqual(expect.arrayContaining(['department', 'costCenter', 'manager']));
  });

  it('suspends, brings back, and deletes when the delay is over', async () => {
    const id = created(await talk.client.post('/Users', person('sam')));
    const before = answered(await talk.client.get(`/Users/${id}`), 200);
    for (const active of [false, true, false]) {
      const patched = await talk.client.patch(`/Users/${id}`, {
        op: 'replace',
        path: 'active',
        value: active,
      });
      expect(answered(patched, 200)).toEqual({ ...before, active, meta: patched.body.meta });
      const found = await talk.client.find('Users', 'userName eq "sam@google.example"');
      expectList(found, [id]);
      expect((found.body.Resources as Json[])[0]).toMatchObject({ active });
    }
    answered(await talk.client.delete(`/Users/${id}`), 204);
    expectScimError(await talk.client.delete(`/Users/${id}`), 404);
    expectList(await talk.client.find('Users', 'userName eq "sam@google.example"'), []);
  });

  it('deletes without suspending first, and the name is free again', async () => {
    const id = created(await talk.client.post('/Users', person('kim')));
    answered(await talk.client.delete(`/Users/${id}`), 204);
    const again = created(await talk.client.post('/Users', person('kim')));
    expect(again).not.toBe(id);
  });
});
