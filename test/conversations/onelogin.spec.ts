import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectList, expectScimError } from './entra/conversation.js';
import { type Json, urns } from './scim-client.js';
import { answered, created, memberIds, talkAs } from './talk-as.js';

const custom = 'urn:scim:schemas:extension:onelogin:1.0';
const talk = talkAs('onelogin', { 'user-agent': '' });

/** A template of an administrator, filled in. */
const filled = (name: string, more: Json = {}): Json => ({
  schemas: ['urn:scim:schemas:core:1.0', urns.enterprise, custom],
  id: null,
  externalId: `ol-${name}`,
  userName: `${name}@onelogin.example`,
  name: { givenName: name, familyName: 'One', formatted: null },
  emails: [{ value: `${name}@onelogin.example`, type: 'work', primary: true }],
  [urns.enterprise]: { department: 'Sales', manager: { value: 'ol-chief' } },
  [custom]: { status: 1, roles: ['reader', 'writer'] },
  ...more,
});

describe('OneLogin fills in a template', () => {
  it.each<[unknown, boolean | undefined]>([
    [true, true],
    ['true', true],
    ['True', true],
    [1, true],
    ['1', true],
    [false, false],
    ['false', false],
    [0, false],
    ['0', false],
    ['', undefined],
    [null, undefined],
  ])('says that somebody is active by %j', async (active, meant) => {
    const name = randomUUID();
    const body = answered(await talk.client.post('/Users', filled(name, { active })), 201);
    const read = answered(await talk.client.get(`/Users/${body.id as string}`), 200);
    expect(read.active).toBe(meant ?? true);
  });

  it.each([2, '3', 'suspended', { status: 1 }])(
    'is told what active may be when it is %j',
    async (active) => {
      const answer = await talk.client.post('/Users', filled('odd', { active }));
      expectScimError(answer, 400, 'invalidValue', /^active: expected true or false, got /);
      expectList(await talk.client.find('Users', 'userName eq "odd@onelogin.example"'), []);
    },
  );
});

describe('OneLogin keeps a person', () => {
  let id: string;
  beforeAll(async () => {
    id = created(await talk.client.post('/Users', filled('bob', { active: 'true' })));
  });

  it('gets an id, its own extension and a manager named by an external id back as they came', async () => {
    const read = answered(await talk.client.get(`/Users/${id}`), 200);
    expect(read).toMatchObject({
      schemas: expect.arrayContaining([urns.user, urns.enterprise, custom]),
      id,
      [custom]: { status: 1, roles: ['reader', 'writer'] },
      [urns.enterprise]: { department: 'Sales', manager: { value: 'ol-chief' } },
    });
    expect(read.name).toEqual({ givenName: 'bob', familyName: 'One' });
  });

  it('finds the person by the name it sent', async () => {
    expectList(await talk.client.find('Users', 'userName eq "bob@onelogin.example"'), [id]);
    expectList(await talk.client.find('Users', `externalId eq "ol-bob" and ${custom}:status eq 1`), [id]);
  });

  it('puts the template anew', async () => {
    const body = filled('bob', { id, active: 'false', title: 'Seller', [custom]: { status: 2 } });
    const put = answered(await talk.client.put(`/Users/${id}`, body), 200);
    expect(put).toMatchObject({ id, active: false, title: 'Seller', [custom]: { status: 2 } });
    expect(answered(await talk.client.get(`/Users/${id}`), 200)).toEqual(put);
  });

  it('patches single attributes and the whole template', async () => {
    const { schemas: _schemas, ...template } = filled('bob', { id, active: 1, title: 'Head of sales' });
    const patched = await talk.client.patch(
      `/Users/${id}`,
      { op: 'replace', path: 'name.givenName', value: 'Robert' },
      { op: 'replace', path: `${custom}:status`, value: 3 },
    );
    expect(answered(patched, 200)).toMatchObject({ name: { givenName: 'Robert' }, [custom]: { status: 3 } });
    const whole = await talk.client.patch(`/Users/${id}`, { op: 'replace', value: template });
    expect(answered(whole, 200)).toMatchObject({
      id,
      active: true,
      title: 'Head of sales',
      name: { givenName: 'bob' },
      [custom]: { status: 1, roles: ['reader', 'writer'] },
    });
  });

  it('patches groups: one member in, one out, and replacing names the whole list', async () => {
    const other = created(await talk.client.post('/Users', filled('eve')));
    const group = created(await talk.client.post('/Groups', { schemas: [urns.group], displayName: 'Sales' }));
    const patch = async (operation: Json) =>
      answered(await talk.client.patch(`/Groups/${group}`, operation), 204);
    await patch({ op: 'add', path: 'members', value: [{ value: id }, { value: other }] });
    expect(await memberIds(talk.client, group)).toEqual([id, other].toSorted());
    await patch({ op: 'remove', path: `members[value eq "${id}"]` });
    expect(await memberIds(talk.client, group)).toEqual([other]);
    await patch({ op: 'replace', path: 'members', value: [{ value: id }] });
    expect(await memberIds(talk.client, group)).toEqual([id]);
  });

  it('is understood with the enterprise extension of SCIM 1', async () => {
    const scim1 = 'urn:scim:schemas:extension:enterprise:1.0';
    const { [urns.enterprise]: _enterprise, ...rest } = filled('old');
    const body = { ...rest, [scim1]: { department: 'Sales' } };
    const old = created(await talk.client.post('/Users', body));
    const read = answered(await talk.client.get(`/Users/${old}`), 200);
    expect(read).toMatchObject({ [urns.enterprise]: { department: 'Sales' } });
    expect(read).not.toHaveProperty([scim1]);
    const change = { op: 'replace', path: `${scim1}:department`, value: 'Support' };
    const patched = answered(await talk.client.patch(`/Users/${old}`, change), 200);
    expect(patched).toMatchObject({ [urns.enterprise]: { department: 'Support' } });
  });

  it('deletes the person', async () => {
    answered(await talk.client.delete(`/Users/${id}`), 204);
    expectScimError(await talk.client.get(`/Users/${id}`), 404);
  });
});
